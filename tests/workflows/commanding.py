"""What a workflow commands when its history is replayed, to the byte.

A replayer compares the kinds of commands, their order and names: of a timer of another length, or of a commit that says
another deadline, it knows nothing. So this listens to what the workflow says to the server.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from workflows.case import CaseWorkflow
from workflows.digest import DigestWorkflow
from workflows.handoff import HandoffWorkflow
from workflows.plugin import plugin


@dataclass(frozen=True)
class Listening(SandboxedWorkflowRunner):
    """The runner that all workers have; it keeps what is commanded."""

    heard: list[bytes] = field(default_factory=list[bytes])

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """As ever, with an ear at each activation."""
        instance = super().create_instance(det)
        activate = instance.activate

        def overheard(act: WorkflowActivation) -> WorkflowActivationCompletion:
            completion = activate(act)
            said = completion.successful.commands
            self.heard.extend(command.SerializeToString(deterministic=True) for command in said)
            return completion

        instance.activate = overheard
        return instance


async def commanded(history: WorkflowHistory) -> list[bytes]:
    """Replays a history, as `Replayer.replay_workflow`; what was commanded on the way, in order."""
    runner = Listening()
    replayer = Replayer(
        workflows=[CaseWorkflow, HandoffWorkflow, DigestWorkflow], plugins=[plugin()], workflow_runner=runner
    )
    await replayer.replay_workflow(history)
    return runner.heard
