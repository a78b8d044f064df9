"""Use django-cassandra-engine against a real node and print what came out, as JSON.

Usage: run.py helenus|cqlengine HOST PORT KEYSPACE
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import uuid
import warnings
from datetime import datetime, timedelta
from pathlib import Path

IMPLEMENTATION, HOST, PORT, KEYSPACE = sys.argv[1:]
ID = uuid.UUID(int=7)


def configure() -> None:
    """Set Django up, on the implementation that was asked for."""
    if IMPLEMENTATION == "helenus":
        import helenus.cqlengine

        helenus.cqlengine.install()
    import django
    from django.conf import settings

    sys.path.insert(0, str(Path(__file__).parent))
    connection = {"port": int(PORT)}
    replication = {"strategy_class": "SimpleStrategy", "replication_factor": 1}
    settings.configure(
        SECRET_KEY="-",  # noqa: S106 - protects nothing here
        USE_TZ=False,
        CASSANDRA_FALLBACK_ORDER_BY_PYTHON=True,
        SESSION_ENGINE="django_cassandra_engine.sessions.backends.db",
        INSTALLED_APPS=["django_cassandra_engine", "django_cassandra_engine.sessions", "shop"],
        DATABASES={
            "default": {
                "ENGINE": "django_cassandra_engine",
                "NAME": KEYSPACE,
                "HOST": HOST,
                "OPTIONS": {"replication": replication, "connection": connection},
            }
        },
    )
    django.setup()


def sync() -> dict[str, object]:
    """Create keyspace and tables, twice; the second time there is nothing to do."""
    import cassandra.cqlengine
    from django.core.management import call_command
    from django.db import connection

    for _ in range(2):
        with contextlib.redirect_stdout(io.StringIO()):
            call_command("sync_cassandra")
    connection.connection.cluster.refresh_schema_metadata()
    tables = sorted(connection.introspection.table_names())
    return {"implementation": cassandra.cqlengine.__name__, "tables": tables}


def parts() -> dict[str, object]:
    """Create, read, change and delete."""
    from shop.models import Part

    part = Part.objects.create(id=ID, name="bolt", price=3, tags={"a"}, added=datetime(2020, 1, 2, 3, 4, 5))
    found = Part.objects.get(name="bolt")
    equal = found == part
    found.price = 4
    found.tags.add("b")
    found.save()
    found.full_clean()
    again = Part.objects.get(id=ID)
    Part.objects(id=ID).update(price=5)
    result = {
        "equal": equal,
        "items": [[name, sorted(value) if isinstance(value, set) else str(value)] for name, value in again.items()],
        "updated": Part.objects.filter(name="bolt").first().price,
        "count": [
            Part.objects.count(),
            Part.objects.filter(name="none").count(),
            Part.objects.filter(name="bolt").exists(),
        ],
        "pk": str(again.pk),
        "fields": [field.name for field in Part._meta.get_fields()],
        "excluded": [len(Part.objects.all().exclude(name=name)) for name in ("bolt", "nut")],
    }
    again.delete()
    return {**result, "left": len(Part.objects.all())}


def bins() -> dict[str, object]:
    """Order and refine."""
    from shop.models import Bin

    for place in range(5):
        Bin.objects.create(shelf="s", place=place, holds=str(9 - place))
    shelf = Bin.objects.filter(shelf="s")
    return {
        "as it is": [each.place for each in shelf],
        "ascending": [each.place for each in shelf.order_by("place")],
        "descending": [each.place for each in shelf.order_by("-place").limit(2)],
        "in python": [each.place for each in Bin.objects.all().order_by("holds")],
        "values": list(shelf.values_list("place", flat=True)),
        "by another name": [each.place for each in Bin.objects.filter(holds="8")],
        "counted": [shelf.count(), shelf.filter(place=1).count()],
    }


def others() -> dict[str, object]:
    """Use a plain model of cqlengine's, and the package's sessions."""
    from django_cassandra_engine.sessions.backends.db import SessionStore
    from shop.models import Plain

    Plain.create(key="a", value={"x": 1})
    session = SessionStore()
    session["cart"] = [1, 2]
    session.set_expiry(timedelta(days=1))
    session.save()
    loaded = SessionStore(session_key=session.session_key)
    return {"plain": Plain.get(key="a").value, "session": loaded["cart"], "exists": loaded.exists("nobody")}


def main() -> None:
    """Run it all."""
    warnings.simplefilter("ignore")
    configure()
    found = {"sync": sync(), "parts": parts(), "bins": bins(), "others": others()}
    print(json.dumps(found))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
