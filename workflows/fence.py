"""Keeps workflow tasks apart that a worker without memory of the workflow would take together.

Temporal's core takes a workflow task that asked for nothing together with the next one, if the one before it asked for
nothing either and only an update caused the next (sdk-python#1591, sdk-rust#1281). Then the update is worked before the
answer of an activity that came hours earlier, and all of it at the time of the update; but once the update is accepted,
every later replay takes the tasks apart again, finds other commands, and the workflow is wedged for ever.

So the second workflow task in a row that asks for nothing asks for something that does nothing and is not billed: that
a key be removed from the memo which is not in it. A refused update can leave a workflow task of its own, which no
replay sees and which asks for nothing; it shows only by the events that it adds. This module knows which tasks would be
taken together; of cases and hand-offs it knows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from google.protobuf.internal.containers import RepeatedCompositeFieldContainer
from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.workflow import Info

if TYPE_CHECKING:
    from temporalio.worker._command_aware_visitor import CommandInfo
    from temporalio.workflow import _Definition as Definition

WorkflowCommands = RepeatedCompositeFieldContainer[WorkflowCommand]

KEY = "fence"
"""The memo's key that is removed, and never set."""

_NOTHING = Payload(metadata={"encoding": b"binary/null"})
_UNRECORDED = {"query_workflow", "remove_from_cache", "do_update"}
"""Jobs that leave no event behind them. An update does, but only if it is accepted."""
_NO_EVENT = {"respond_to_query", "update_response"}
"""Commands that do not become an event of what was asked for."""


class FencedWorkflowRunner(WorkflowRunner):
    """Runs workflows by another runner, so that they never have two workflow tasks in a row that ask for nothing."""

    def __init__(self, runner: WorkflowRunner) -> None:
        self._runner = runner

    def prepare_workflow(self, defn: Definition) -> None:
        """As the other runner."""
        self._runner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """The other runner's workflow, with a fence around it."""
        return _Fenced(self._runner.create_instance(det))

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        """As the other runner."""
        self._runner.set_worker_level_failure_exception_types(types)


class _Fenced(WorkflowInstance):
    def __init__(self, instance: WorkflowInstance) -> None:
        self._instance = instance
        self._task = 0
        """The event with which the workflow task started that is being worked, or was last."""
        self._end = 0
        """The last event that it wrote."""
        self._asked = False
        """Whether it asked the server for anything."""
        self._apart = False
        """Whether the one before it did, and nothing lies between."""

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        completion = self._instance.activate(act)
        if completion.HasField("successful"):
            self._keep_apart(act, completion.successful.commands)
        return completion

    def _keep_apart(self, act: WorkflowActivation, commands: WorkflowCommands) -> None:
        asks = sum(command.WhichOneof("variant") not in _NO_EVENT for command in commands)
        answers = sum(map(_is_answer, commands))
        arrived = sum(map(_events_of, act.jobs))
        if not asks and not answers and not arrived:
            return  # a query, or an update that was refused: no replay will see it
        if act.history_length != self._task:  # else the same workflow task goes on
            nothing_between = act.history_length <= self._end + arrived + 2  # it was scheduled, and it started
            self._apart = self._asked and nothing_between
            self._task, self._end, self._asked = act.history_length, act.history_length + 1, False
        if not (self._apart or self._asked or asks or answers):
            commands.add().modify_workflow_properties.upserted_memo.fields[KEY].CopyFrom(_NOTHING)
            asks = 1
        self._end += asks + answers
        self._asked = self._asked or asks > 0

    def get_serialization_context(self, command_info: CommandInfo | None) -> SerializationContext | None:
        return self._instance.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: CommandInfo | None) -> StorageDriverStoreContext:
        return self._instance.get_external_store_context(command_info)

    def get_info(self) -> Info:
        return self._instance.get_info()

    def get_thread_id(self) -> int | None:
        return self._instance.get_thread_id()


def _events_of(job: WorkflowActivationJob) -> int:
    """How many events brought it, at least: an activity's answer also says when it was begun."""
    if job.WhichOneof("variant") in _UNRECORDED:
        return 0
    return 2 if job.HasField("resolve_activity") and job.resolve_activity.result.HasField("completed") else 1


def _is_answer(command: WorkflowCommand) -> bool:
    """Whether it is an update's event. A refusal is taken for the validator's, which leaves none."""
    return command.HasField("update_response") and not command.update_response.HasField("rejected")
