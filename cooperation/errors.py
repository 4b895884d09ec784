"""Why an operation is not accepted, or not moved on.

CooperationError                    (code; the message names rules and numbers of operations, never a citizen's data)
├── OperationChanged                COOPERATION_OPERATION_CHANGED       it is not as the officer has read it
├── TransitionRefused               COOPERATION_TRANSITION_NOT_ALLOWED  the state does not know the action
├── OfficerNotEntitled              COOPERATION_OFFICER_NOT_ENTITLED    another side or duty has to do it
├── SecondPersonRequired            COOPERATION_SECOND_PERSON_REQUIRED  who made it must not approve it
├── ContentMissing                  COOPERATION_CONTENT_MISSING         the action needs something that was not given
├── IdempotencyKeyReused            COOPERATION_KEY_REUSED              the key is that of another content
├── OperationUnknown                COOPERATION_OPERATION_UNKNOWN       no operation has this number
├── UndoRefused                     COOPERATION_UNDO_REFUSED            nothing of it to undo, or not alone
├── ChangesNotKept                  COOPERATION_CHANGES_NOT_KEPT        the feed begins behind the cursor by now
└── InputRefused                    COOPERATION_INPUT_REFUSED           an input outside its limits
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class CooperationError(Exception):
    """An operation is not accepted or not moved on; the text is written for the officer who asked.

    Attributes:
        inputs: coordinates of the inputs that are to blame, e.g. `officer.id`; empty where none is.
    """

    code: ClassVar[str] = "COOPERATION_ERROR"

    def __init__(self, message: str, *inputs: str) -> None:
        super().__init__(message)
        self.inputs = inputs


class OperationChanged(CooperationError):
    """The operation is of another version than the officer has read: who signs must have read what is signed."""

    code = "COOPERATION_OPERATION_CHANGED"

    def __init__(self, expected: int, current: int) -> None:
        super().__init__(f"It is of version {current} by now, not {expected}: read it again.", "expectedVersion")


class TransitionRefused(CooperationError):
    """The operation's state does not allow this action; the message names the allowed ones."""

    code = "COOPERATION_TRANSITION_NOT_ALLOWED"

    def __init__(self, action: str, state: str, allowed: Sequence[str], because: str = "") -> None:
        names = ", ".join(allowed) if allowed else "none, it is final"
        super().__init__(f"{action} is not allowed in the state {state}{because}. Allowed are: {names}.")
        self.action = action
        self.state = state
        self.allowed = tuple(allowed)


class OfficerNotEntitled(CooperationError):
    """The action belongs to another side, office or duty than the officer's."""

    code = "COOPERATION_OFFICER_NOT_ENTITLED"


class SecondPersonRequired(CooperationError):
    """Who made something must not approve it: a second person has to."""

    code = "COOPERATION_SECOND_PERSON_REQUIRED"


class ContentMissing(CooperationError):
    """The action needs something that was not given; the message names it."""

    code = "COOPERATION_CONTENT_MISSING"


class IdempotencyKeyReused(CooperationError):
    """The idempotency key was used before for an operation of other content."""

    code = "COOPERATION_KEY_REUSED"


class OperationUnknown(CooperationError):
    """There is no operation of this number and kind."""

    code = "COOPERATION_OPERATION_UNKNOWN"


class UndoRefused(CooperationError):
    """There is nothing of it to undo, or something later would be undone with it; the message says what."""

    code = "COOPERATION_UNDO_REFUSED"


class ChangesNotKept(CooperationError):
    """Changes behind the cursor are kept no longer: read the operations as they are, and go on from the feed's end."""

    code = "COOPERATION_CHANGES_NOT_KEPT"


class InputRefused(CooperationError):
    """An input is outside its limits; the message names it and them."""

    code = "COOPERATION_INPUT_REFUSED"
