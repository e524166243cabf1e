"""Many at once for a few seats, over real connections (S8.5, S12.2)."""

import pytest

from kiscloud.models import Seat
from kiscloud.services.online import online_users
from kiscloud.services.seat_refusals import SeatsTaken
from kiscloud.services.seats import enter_set
from kiscloud.services.subscriptions import TrialsUsedUp, TriedElsewhere, add_product, try_product
from tests.factories import make_user
from tests.kiscloud.kis import active, make_company, make_device, make_set, person
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("S8.5", "S12.2")
def test_fifty_for_five_seats_over_three_sets():
    people = [make_user() for _ in range(50)]
    product = active(make_company(people[0]), users=5)
    sets = [make_set(product, *people, name=f"{number}号") for number in range(3)]
    devices = [make_device(user) for user in people]
    results = race(50, lambda n: enter_set(actor=person(people[n]), set_id=sets[n % 3].pk, device=devices[n]))
    entered = [result for result in results if isinstance(result, Seat)]
    assert len(entered) == len(online_users(product=product)) == 5
    assert {type(result) for result in results} == {Seat, SeatsTaken}


@pytest.mark.rule("S8.6")
def test_of_many_devices_of_one_person_one_is_in():
    user = make_user()
    books = make_set(active(make_company(user), users=1), user)
    devices = [make_device(user, f"pc-{number}") for number in range(12)]
    results = race(12, lambda n: enter_set(actor=person(user), set_id=books.pk, device=devices[n]))
    assert all(isinstance(result, Seat) for result in results)
    assert Seat.objects.filter(ended_at=None).count() == 1


@pytest.mark.rule("S7.1", "S7.3")
def test_trials_at_once_stay_within_their_limits():
    founder = make_user()
    companies = [make_company(founder, name=name) for name in ("甲", "乙")]
    actor = person(founder)
    products = [add_product(actor=actor, company_id=companies[n % 2].pk, edition="trade") for n in range(12)]
    results = race(12, lambda n: try_product(actor=actor, subscription_id=products[n].pk))
    refused = [result for result in results if isinstance(result, TriedElsewhere | TrialsUsedUp)]
    assert (len(refused), len({result.company_id for result in results if result not in refused})) == (9, 1)
