"""Where Temporal's Web UI shows a workflow, so that an operator gets there from the Desk."""

from __future__ import annotations

from urllib.parse import quote


class WebUi:
    """The Web UI at an address, or none that we know of."""

    def __init__(self, address: str | None, namespace: str) -> None:
        self._address = address.rstrip("/") if address else None
        self._namespace = namespace

    def workflow(self, workflow_id: str) -> str | None:
        """The page of a workflow."""
        if self._address is None:
            return None
        return f"{self._address}/namespaces/{quote(self._namespace, safe='')}/workflows/{quote(workflow_id, safe='')}"
