"""django-appointment on the same month, in a process of its own: `python -m bench.peer_django_appointment URL`.

It searches as its own page does: `get_available_slots_for_staff` for each member of staff and each day. Prints one
line of JSON: the seconds of each search and how many free half-hours it found.

Its warning about a queue that only sends e-mails is silenced; nothing else is changed, and the tables have the indexes
that its models declare. Its rows are loaded in bulk, and analysed, before the clock starts.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import date, timedelta
from datetime import time as clock
from typing import Any

import django
from django.conf import settings
from sqlalchemy import make_url

from bench.unit_month import CLOSES, DAYS, GENDARMES, MINUTES, OPENS, bookings, first_day

SEARCHES = 2


def main(url: str) -> None:
    logging.disable(logging.WARNING)
    _configure(url)
    staff, service, days = _load()
    seconds, found = [], 0
    for _ in range(SEARCHES):
        started = time.perf_counter()
        found = _search(staff, service, days)
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": seconds, "found": found}))


def _configure(url: str) -> None:
    address = make_url(url)
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": address.database,
                "USER": address.username,
                "PASSWORD": address.password or "",
                "HOST": address.host or address.query.get("host", ""),
                "PORT": str(address.port or address.query.get("port", "")),
                # One connection for the whole search, as a web process under load keeps it.
                "CONN_MAX_AGE": None,
            }
        },
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "appointment"],
        USE_TZ=True,
        TIME_ZONE="Europe/Paris",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="only for this measurement",
    )
    django.setup()


def _load() -> tuple[list[Any], Any, list[date]]:
    from appointment.models import Appointment, AppointmentRequest, Config, Service, StaffMember, WorkingHours
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    # It ships no migrations of its own: its tables are made from its models.
    call_command("migrate", run_syncdb=True, verbosity=0)
    Config.objects.create(
        slot_duration=MINUTES, lead_time=clock(OPENS), finish_time=clock(CLOSES), appointment_buffer_time=0
    )
    service = Service.objects.create(name="Plainte", duration=timedelta(minutes=MINUTES), price=0)
    users = get_user_model().objects.bulk_create(
        get_user_model()(username=f"gendarme{number}", first_name="Agent") for number in range(GENDARMES)
    )
    client = get_user_model().objects.create(username="citizen")
    staff = StaffMember.objects.bulk_create(
        StaffMember(user=user, work_on_saturday=True, work_on_sunday=True) for user in users
    )
    for member in staff:
        member.services_offered.add(service)
    WorkingHours.objects.bulk_create(
        WorkingHours(staff_member=member, day_of_week=day, start_time=clock(OPENS), end_time=clock(CLOSES))
        for member in staff
        for day in range(7)
    )
    start = first_day(date.today())  # noqa: DTZ011 -- the peer reads the clock itself.
    days = [start + timedelta(days=number) for number in range(DAYS)]
    requests = AppointmentRequest.objects.bulk_create(
        AppointmentRequest(
            date=days[one.day],
            start_time=_at(one.half_hour),
            end_time=_at(one.half_hour + 1),
            service=service,
            staff_member=staff[one.gendarme],
            id_request=f"{one.gendarme}-{one.day}-{one.half_hour}",
        )
        for one in bookings()
    )
    Appointment.objects.bulk_create(
        Appointment(client=client, appointment_request=request, phone="+33639980012", id_request=request.id_request)
        for request in requests
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return list(StaffMember.objects.all()), service, days


def _search(staff: list[Any], service: Any, days: list[date]) -> int:
    from appointment.services import get_available_slots_for_staff
    from appointment.utils.db_helpers import get_weekday_num_from_date

    return sum(
        len(get_available_slots_for_staff(day, member, get_weekday_num_from_date(day), service=service))
        for member in staff
        for day in days
    )


def _at(half_hour: int) -> clock:
    hours, minutes = divmod(OPENS * 60 + half_hour * MINUTES, 60)
    return clock(hours, minutes)


if __name__ == "__main__":
    main(sys.argv[1])
