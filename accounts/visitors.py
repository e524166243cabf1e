"""What stands between a visitor and the answer to an invitation: who they are, and whether it can still be answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from accounts.actors import Actor
from accounts.models import Account, Invitation, Operator, Relationship, User
from accounts.permissions import RIGHTS, Right, Role
from accounts.targets import GROUP_TAKEN, unfit_for_group
from accounts.terms import Terms
from accounts.wording import Change, change


class Step(StrEnum):
    """What the visitor has to do next."""

    LOG_IN = "log_in"
    SWITCH = "switch"  # may answer, but stands in another account
    ASK_OWNER = "ask_owner"  # works in the account without the right to answer
    OTHER_LOGIN = "other_login"  # has nothing to do with the account
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Question:
    """An invitation as one visitor meets it."""

    invitation: Invitation
    state: str
    step: Step
    owners: Sequence[str] = ()
    blocked: bool = False
    group_taken: bool = False

    @property
    def relationship(self) -> Relationship:
        """The link that is asked for, or whose permissions are to change."""
        return self.invitation.relationship

    @property
    def is_open(self) -> bool:
        """It can still be answered."""
        return self.state == Invitation.State.OPEN

    @property
    def is_change(self) -> bool:
        """The link exists; only what it grants is asked."""
        return self.invitation.purpose == Invitation.Purpose.CHANGE

    @property
    def change(self) -> Change:
        """What becomes different if the member agrees."""
        return change(Terms.of(self.relationship), Terms.of(self.invitation))

    @property
    def can_answer(self) -> bool:
        """This visitor can accept or refuse it now."""
        return self.can_refuse and not self.blocked

    @property
    def can_refuse(self) -> bool:
        """Refusing is possible even where the group place is taken."""
        return self.is_open and self.step == Step.ANSWER

    @property
    def can_ask_again(self) -> bool:
        """An ended invitation to link may be asked for anew, one whose group place is taken as a partner; a change is
        the manager's to ask."""
        ended = {Invitation.State.REFUSED, Invitation.State.EXPIRED, Invitation.State.WITHDRAWN}
        return not self.is_change and (self.state in ended or self.group_taken)

    @property
    def named(self) -> bool:
        """The visitor belongs to the member, so its name need not be hidden."""
        return self.step in {Step.ANSWER, Step.SWITCH, Step.ASK_OWNER}


def meet(invitation: Invitation, *, actor: Actor) -> Question:
    """The question as this actor meets it; the invitation comes with its relationship and both accounts."""
    relationship = invitation.relationship
    step, state = _step(actor, relationship.member), invitation.state_at()
    owners = _owners(relationship.member) if step == Step.ASK_OWNER else []
    problem = None
    link, group = invitation.purpose == Invitation.Purpose.LINK, relationship.kind == Relationship.Kind.GROUP
    if state == Invitation.State.OPEN and link and group:
        problem = unfit_for_group(relationship.manager, relationship.member)
    taken = problem is not None and problem.code == GROUP_TAKEN.code
    return Question(invitation, state, step, owners, problem is not None, taken)


def _step(actor: Actor, member: Account) -> Step:
    if actor.user is None:
        return Step.LOG_IN
    role = Operator.objects.filter(account=member, user=actor.user).values_list("role", flat=True).first()
    if role is None:
        return Step.OTHER_LOGIN
    if Right.ANSWER_INVITATIONS not in RIGHTS[role]:
        return Step.ASK_OWNER
    here = actor.account is not None and actor.account.pk == member.pk and actor.through is None
    return Step.ANSWER if here else Step.SWITCH


def _owners(member: Account) -> list[str]:
    owners = User.objects.filter(operates__account=member, operates__role=Role.OWNER).order_by("pk")
    return [str(owner) for owner in owners[:5]]
