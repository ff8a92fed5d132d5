"""What `caseladder dev` does: runs the stack until it is told to stop, and says where everything is."""

from __future__ import annotations

import json
import os
import signal
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from pathlib import Path
from types import FrameType
from typing import Any

from cases.words import Role
from starter.stack.embedded import Stack
from starter.stack.errors import StackError, Unreadable
from starter.stack.server import NAMESPACE
from starter.tokens import mint


def dev(
    data: Path,
    policy: Path | None,
    directory: Path | None,
    api_port: int,
    temporal_port: int,
    ui_port: int,
    as_json: bool,
    encrypt: bool = False,
) -> int:
    """Runs the stack over the folder `data` until Ctrl-C or SIGTERM, and returns the exit code: 0, or 1 with a reason.

    Without a policy or a directory, those that come with caseladder are used. Ports of 0 are free ones. With `as_json`
    stdout gets one line when all is ready, and no sample complaints are opened: a program is going to bring its own.
    `encrypt` makes a key ring for payloads, if the folder has none.
    """
    say = _to_stderr if as_json else _to_stdout
    say(f"starting over {data} ...")
    try:
        policy = _readable(policy or _packaged("default.toml"), "--policy")
        directory = _readable(directory or _packaged("demo-people.toml"), "--directory")
        people = people_of(directory)
        _stop_on_signals()
        with Stack(
            data,
            policy=policy,
            directory=directory,
            api_port=api_port,
            temporal_port=temporal_port,
            ui_port=ui_port,
            encrypt=encrypt,
            say=say,
        ) as stack:
            try:
                stack.start()
                tokens = _tokens(stack.folder.key(), people)
                if as_json:
                    print(json.dumps(_summary(stack, tokens)), flush=True)
                else:
                    _open_samples_once(stack, tokens["service"], say)
                    print(_table(stack, tokens, people), flush=True)
                stack.watch()
            except KeyboardInterrupt:
                say("stopping ...")
        say("stopped; the cases are kept")
    except StackError as error:
        _to_stderr(str(error))
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def people_of(directory: Path) -> dict[str, str]:
    """The `[[people]]` of a directory file in its order: id, and for the reader of the table rung and teams.

    The file's rules are for policies.people, which the worker reads it with. Raises Unreadable.
    """
    try:
        people: Any = tomllib.loads(directory.read_text("utf-8")).get("people", [])
        return {str(each["id"]): " ".join([str(each.get("rung", "")), *each.get("teams", [])]) for each in people}
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"{directory} is not TOML: {error}.") from error
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise Unreadable(f"{directory} is no directory file: it holds [[people]] tables, each with an id.") from error


def _packaged(name: str) -> Path:
    return Path(str(resources.files("policies").joinpath(name)))


def _readable(path: Path, option: str) -> Path:
    if not path.is_file():
        raise Unreadable(f"there is no file {path}. Name one with {option} FILE.")
    return path


def _stop_on_signals() -> None:
    """Makes the first of these signals an orderly stop, which takes a bounded time and which further ones don't cut."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in signals:
        signal.signal(each, stop)


def _tokens(key: str, people: Iterable[str]) -> dict[str, str]:
    tokens = {role.value: mint(key, role.value, role) for role in (Role.SERVICE, Role.OPERATOR)}
    return tokens | {f"agent:{person}": mint(key, person, Role.AGENT) for person in people}


def _summary(stack: Stack, tokens: dict[str, str]) -> dict[str, object]:
    where = stack.addresses
    pids: dict[str, int] = {"dev": os.getpid(), **stack.pids}
    return {"api": where.api, "temporal": where.temporal, "ui": where.ui, "tokens": tokens, "pids": pids}


def _open_samples_once(stack: Stack, service_token: str, say: Callable[[str], None]) -> None:
    """Opens the sample complaints if this folder has never had them."""
    if stack.folder.samples_mark.exists():
        return
    # Here, because a start that opens no samples should not wait for them to be read.
    from starter.samples import open_samples

    say("opening the sample complaints ...")
    open_samples(stack.addresses.api, service_token)
    stack.folder.samples_mark.touch()


def _table(stack: Stack, tokens: Mapping[str, str], people: Mapping[str, str]) -> str:
    """Tokens, then addresses, which are wanted first and so stand last, above the prompt's line.

    A token stays on one line, however wide the terminal: it is there to be copied.
    """
    where = stack.addresses
    who = {name: people.get(name.removeprefix("agent:"), "") for name in tokens}
    wide, wider = max(map(len, tokens)), max(map(len, who.values()))
    return "\n".join(
        [
            "",
            "Bearer tokens, valid for 30 days:",
            *(f"  {name:<{wide}}  {who[name]:<{wider}}  {token}" for name, token in tokens.items()),
            "",
            "Sign in to the Desk as",
            *(f"  {name:<{wide}}  {where.api}/signin#token={tokens[name]}" for name in _first_at_each_rung(who)),
            "",
            f"The Desk                {where.api}",
            f"Watch the cases climb   {where.ui}/namespaces/{NAMESPACE}/workflows",
            "  with saved views      caseladder operator views --console",
            f"Act on them             {where.api}/docs  (Authorize with a token)",
            f"Temporal                {where.temporal}",
            f"Kept in                 {stack.folder.path}",
            *(
                ["Payloads encrypted      with the key ring payload.keys there"]
                if stack.folder.key_ring.exists()
                else []
            ),
            "Ctrl-C stops it all.",
        ]
    )


def _first_at_each_rung(who: Mapping[str, str]) -> list[str]:
    """Somebody for each rung, in the directory's order: enough to look at the Desk from each side."""
    found: dict[str, str] = {}
    for name, place in who.items():
        if place:
            found.setdefault(place.split()[0], name)
    return list(found.values())


def _to_stdout(line: str) -> None:
    print(f"caseladder: {line}", flush=True)


def _to_stderr(line: str) -> None:
    print(f"caseladder: {line}", file=sys.stderr, flush=True)
