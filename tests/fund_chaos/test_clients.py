"""What the clients of the chaos run take for a fault."""

from tests.fund_chaos.clients import Definite, refused_after_done

DONE = Definite(201, sent=1, came=2)


def test_a_refusal_of_what_had_been_answered_is_a_fault():
    assert refused_after_done([Definite(409, sent=2.1, came=3), DONE])


def test_a_refusal_that_the_other_try_may_have_followed_is_none():
    assert not refused_after_done([DONE, Definite(409, sent=1.9, came=3)])
    assert not refused_after_done([Definite(409, sent=0, came=0.5), DONE])
    assert not refused_after_done([DONE, Definite(201, sent=3, came=4)])
