"""What must happen to bookings by the clock; each task calls one service, as those of `server.jobs.upkeep`."""

from __future__ import annotations

from datetime import timedelta

from models.rules.actor import SystemActor
from server.jobs import wiring
from server.jobs.app import UPKEEP_QUEUE, queue
from server.jobs.upkeep import in_batches
from server.services.ask_opinions import AskOpinions, ask_opinions
from server.services.end_begun_clashes import EndBegunClashes, end_begun_clashes
from server.services.erase_old_bookings import EraseOldBookings, erase_old_bookings
from server.services.expire_holds import ExpireHolds, expire_holds
from server.services.offer_earlier import OfferEarlier, offer_earlier
from server.services.remind_citizens import RemindCitizens, remind_citizens


@queue.periodic(cron="* * * * *")
@queue.task(name="expire_held", queue=UPKEEP_QUEUE, queueing_lock="expire_held")
def expire_held(timestamp: int) -> None:
    """Free what nobody has booked in time, then offer what is free to who waits for an earlier time."""
    del timestamp
    expire, offer = ExpireHolds(), OfferEarlier()
    clock, list_keeper = SystemActor("expire_held"), SystemActor("waiting_list")
    in_batches("holds expired", expire.limit, lambda session, now: expire_holds(session, expire, clock, now))
    in_batches(
        "earlier times offered", offer.limit, lambda session, now: offer_earlier(session, offer, list_keeper, now)
    )


@queue.periodic(cron="* * * * *")
@queue.task(name="remind", queue=UPKEEP_QUEUE, queueing_lock="remind")
def remind(timestamp: int) -> None:
    """Remind citizens of what is near."""
    del timestamp
    command = RemindCitizens()
    in_batches("reminders", command.limit, lambda session, now: remind_citizens(session, command, now))


@queue.periodic(cron="* * * * *")
@queue.task(name="end_begun_clashes", queue=UPKEEP_QUEUE, queueing_lock="end_begun_clashes")
def end_begun(timestamp: int) -> None:
    """Ask the chiefs no longer about what has begun."""
    del timestamp
    command = EndBegunClashes()
    in_batches("clashes begun", command.limit, lambda session, now: end_begun_clashes(session, command, now))


@queue.periodic(cron="5 * * * *")
@queue.task(name="ask_opinions", queue=UPKEEP_QUEUE, queueing_lock="ask_opinions")
def ask(timestamp: int) -> None:
    """Ask citizens how it was."""
    del timestamp
    command = AskOpinions()
    in_batches("opinions asked", command.limit, lambda session, now: ask_opinions(session, command, now))


@queue.periodic(cron="25 * * * *")
@queue.task(name="erase_bookings", queue=UPKEEP_QUEUE, queueing_lock="erase_bookings")
def erase_bookings(timestamp: int) -> None:
    """Forget the people of bookings that were over long ago."""
    del timestamp
    command = EraseOldBookings(after=timedelta(days=wiring.current().settings.retention_days))
    actor = SystemActor("erase_bookings")
    in_batches("bookings erased", command.limit, lambda session, now: erase_old_bookings(session, command, actor, now))
