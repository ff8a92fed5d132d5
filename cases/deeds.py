"""What people send to a case, of either kind: a customer's request or an agent's action."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel

from cases.actions import Action
from cases.requests import Request

Deed = Request | Action


class Act(RootModel[Annotated[Deed, Field(discriminator="kind")]]):
    """One of them, told apart by its kind: what the update and both signals take."""
