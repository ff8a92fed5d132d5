"""A table of a policy file whose content stays the same when a later version knows more keys."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import SerializerFunctionWrapHandler, model_serializer

from cases.complaint import Shape


class Written(Shape):
    """A table whose content leaves out what was not written, of keys that came later: old hashes stay the same."""

    LATER: ClassVar[tuple[str, ...]] = ()

    @model_serializer(mode="wrap")
    def _as_written(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in dump(self).items() if value or name not in self.LATER}
