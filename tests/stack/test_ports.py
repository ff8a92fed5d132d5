"""Ports that are asked for, and ports that are found."""

import socket

import pytest

from starter.stack import PortTaken, ports


def test_free_ports_differ_from_each_other():
    found = ports.choose(0, 0, 0)

    assert len({found.api_port, found.temporal_port, found.ui_port}) == 3
    assert all(ports.is_free(port) for port in (found.api_port, found.temporal_port, found.ui_port))


def test_a_port_that_is_taken_is_named_with_the_option_that_changes_it():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(PortTaken, match=f"port {port}.*--ui-port"):
            ports.choose(0, 0, port)


def test_the_same_port_cannot_be_asked_for_twice():
    port = ports.choose(0, 0, 0).api_port

    with pytest.raises(PortTaken, match="--temporal-port"):
        ports.choose(port, port, 0)
