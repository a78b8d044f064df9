"""When a statement is sent again, and what an error says about the outcome of a write."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import pytest
from cassandra import (
    AlreadyExists,
    AuthenticationFailed,
    ConsistencyLevel,
    InvalidRequest,
    OperationTimedOut,
    ReadTimeout,
    Unauthorized,
    Unavailable,
    WriteFailure,
    WriteTimeout,
    WriteType,
)
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException as DriverConnectionException
from cassandra.connection import ConnectionShutdown
from cassandra.policies import RetryPolicy
from cassandra.protocol import (
    ErrorMessage,
    IsBootstrappingErrorMessage,
    OverloadedErrorMessage,
    ServerError,
    SyntaxException,
    TruncateError,
    error_classes,
    get_registered_classes,
)
from cassandra.query import BatchType, SimpleStatement

from helenus.connection.drivers.combined import combine
from helenus.connection.drivers.failures import failure, outcome_unknown, unavailable_means_unapplied
from helenus.connection.drivers.retry import SafeRetryPolicy
from helenus.connection.drivers.statements import NativeBatch
from helenus.connection.request import Batch, Request
from helenus.errors import ClusterUnreachable, ConnectionException, HelenusError, MaybeApplied

POLICY = SafeRetryPolicy()
SAME, NEXT, NO = RetryPolicy.RETRY, RetryPolicy.RETRY_NEXT_HOST, RetryPolicy.RETHROW
QUORUM, SERIAL = ConsistencyLevel.QUORUM, ConsistencyLevel.SERIAL


def statement(text="UPDATE t SET c = c + 1 WHERE k = 1", *, idempotent=False):
    made = SimpleStatement(text)
    made.is_idempotent = idempotent
    return made


def batch(kind, *texts, idempotent=False):
    made = NativeBatch(kind)
    made.texts = texts
    made.is_idempotent = idempotent
    return made


def message(kind):
    return kind(kind.error_code, "said so", None)


LOST = ConnectionShutdown("connection reset")

# error, retry number -> for a statement that is not idempotent, for one that is
REQUEST_ERRORS = [
    (LOST, 0, NO, NEXT),
    (LOST, 1, NO, NEXT),
    (LOST, 2, NO, NO),
    (DriverConnectionException("broken"), 0, NO, NEXT),
    (message(IsBootstrappingErrorMessage), 0, NEXT, NEXT),
    (message(IsBootstrappingErrorMessage), 1, NEXT, NEXT),
    (message(IsBootstrappingErrorMessage), 2, NO, NO),
    (message(OverloadedErrorMessage), 0, NO, NO),
    (message(ServerError), 0, NO, NEXT),
    (message(ServerError), 1, NO, NO),
    (message(TruncateError), 0, NO, NEXT),
    (message(TruncateError), 1, NO, NO),
]


class TestPolicy:
    @pytest.mark.parametrize(("error", "retries", "unsafe", "safe"), REQUEST_ERRORS)
    def test_after_errors_of_the_way_and_of_the_server(self, error, retries, unsafe, safe):
        for idempotent, expected in ((False, unsafe), (True, safe)):
            decided = POLICY.on_request_error(statement(idempotent=idempotent), QUORUM, error=error, retry_num=retries)
            assert decided == (expected, None)

    @pytest.mark.parametrize("retries", [0, 1, 5, 50])
    def test_the_drivers_own_policy_does_send_again_which_is_why_there_is_another(self, retries):
        assert RetryPolicy().on_request_error(statement(), QUORUM, error=LOST, retry_num=retries) == (NEXT, None)

    @pytest.mark.parametrize(
        ("write_type", "retries", "idempotent", "expected"),
        [
            ("BATCH_LOG", 0, True, (SAME, QUORUM)),
            ("BATCH_LOG", 1, True, (NO, None)),
            ("BATCH_LOG", 0, False, (NO, None)),
            ("SIMPLE", 0, True, (NO, None)),
            ("SIMPLE", 0, False, (NO, None)),
            ("COUNTER", 0, False, (NO, None)),
            ("BATCH", 0, True, (NO, None)),
            ("UNLOGGED_BATCH", 0, True, (NO, None)),
            ("CAS", 0, False, (NO, None)),
        ],
    )
    def test_after_a_write_timeout(self, write_type, retries, idempotent, expected):
        decided = POLICY.on_write_timeout(
            statement(idempotent=idempotent),
            consistency=QUORUM,
            write_type=getattr(WriteType, write_type),
            required_responses=2,
            received_responses=1,
            retry_num=retries,
        )
        assert decided == expected

    @pytest.mark.parametrize(
        ("received", "data", "retries", "idempotent", "expected"),
        [
            (2, False, 0, True, (SAME, QUORUM)),
            (2, False, 1, True, (NO, None)),
            (2, True, 0, True, (NO, None)),
            (1, False, 0, True, (NO, None)),
            (2, False, 0, False, (NO, None)),
        ],
    )
    def test_after_a_read_timeout(self, received, data, retries, idempotent, expected):
        decided = POLICY.on_read_timeout(
            statement(idempotent=idempotent),
            consistency=QUORUM,
            required_responses=2,
            received_responses=received,
            data_retrieved=data,
            retry_num=retries,
        )
        assert decided == expected

    @pytest.mark.parametrize(
        ("query", "level", "retries", "expected"),
        [
            (statement(), QUORUM, 0, NEXT),
            (statement(), QUORUM, 1, NO),
            (statement("UPDATE t SET v = 1 WHERE k = 1 IF v = 0"), QUORUM, 0, NO),
            (statement("UPDATE t SET v = 1 WHERE k = 1 IF v = 0"), SERIAL, 0, NEXT),
            (statement("UPDATE t SET c = c + 1 WHERE k IN (1, 2)"), QUORUM, 0, NO),
            (statement("SELECT * FROM t WHERE k in (1, 2)", idempotent=True), QUORUM, 0, NEXT),
            (batch(BatchType.LOGGED, "UPDATE l"), QUORUM, 0, NEXT),
            (batch(BatchType.LOGGED, "UPDATE l", "INSERT if not exists"), QUORUM, 0, NO),
            (batch(BatchType.UNLOGGED, "UPDATE l"), QUORUM, 0, NO),
            (batch(BatchType.COUNTER, "UPDATE c"), QUORUM, 0, NO),
            (batch(BatchType.UNLOGGED, "UPDATE l", idempotent=True), QUORUM, 0, NEXT),
        ],
        ids=str,
    )
    def test_after_unavailable(self, query, level, retries, expected):
        decided = POLICY.on_unavailable(
            query, consistency=level, required_replicas=2, alive_replicas=1, retry_num=retries
        )
        assert decided == (expected, None)

    def test_a_statement_of_unknown_make_is_taken_for_conditional(self):
        assert not unavailable_means_unapplied(object(), serial=False)


H1, H2 = "10.0.0.1:9042", "10.0.0.2:9042"
UNAVAILABLE = Unavailable("none", QUORUM, 2, 1)
TIMED_OUT = OperationTimedOut({}, H1)
WRITE_TIMEOUT = WriteTimeout("late", write_type=WriteType.SIMPLE, consistency=QUORUM)
INVALID = InvalidRequest("no such column")


def sent(*hosts, errors=None, retries=0, query=None, connected=True):
    """Return what the driver keeps of a request."""
    return SimpleNamespace(
        attempted_hosts=list(hosts),
        query=statement() if query is None else query,  # an empty batch is false
        coordinator_host=None,
        _errors=errors or {},
        _query_retries=retries,
        _connection=object() if connected else None,
    )


CERTAIN = {
    "refused as invalid": (INVALID, sent(H1)),
    "refused as unauthorized": (Unauthorized("no"), sent(H1)),
    "refused as wrong syntax": (message(SyntaxException), sent(H1)),
    "exists already": (AlreadyExists("ks", "t"), sent(H1)),
    "not authenticated": (AuthenticationFailed("no"), sent(H1)),
    "bootstrapping": (message(IsBootstrappingErrorMessage), sent(H1)),
    "unavailable": (UNAVAILABLE, sent(H1)),
    "unavailable to agree": (
        Unavailable("none", SERIAL, 2, 1),
        sent(H1, query=statement("UPDATE t SET v = 1 IF v = 0")),
    ),
    "timed out before a connection was there": (TIMED_OUT, sent(connected=False)),
    "no host took it": (NoHostAvailable("none", {H1: LOST}), sent(errors={H1: LOST}, connected=False)),
    "unavailable twice": (
        NoHostAvailable("none", {H1: UNAVAILABLE}),
        sent(H1, errors={H1: UNAVAILABLE}, retries=1),
    ),
    "unavailable, then the next host was not connected": (
        NoHostAvailable("none", {H1: UNAVAILABLE, H2: LOST}),
        sent(H1, errors={H1: UNAVAILABLE, H2: LOST}, retries=1),
    ),
    "bootstrapping, then invalid": (
        INVALID,
        sent(H1, H2, errors={H1: message(IsBootstrappingErrorMessage)}, retries=1),
    ),
    "prepared again in between, then invalid": (INVALID, sent(H1, H1, H1)),
}
UNKNOWN = {
    "the connection was lost": (LOST, sent(H1)),
    "timed out here": (TIMED_OUT, sent(H1)),
    "timed out here just when it was sent": (TIMED_OUT, sent()),
    "timed out there": (WRITE_TIMEOUT, sent(H1)),
    "a conditional write timed out": (
        WriteTimeout("late", write_type=WriteType.CAS, consistency=SERIAL),
        sent(H1),
    ),
    "the batch log timed out": (WriteTimeout("late", write_type=WriteType.BATCH_LOG, consistency=QUORUM), sent(H1)),
    "failed on some replicas": (WriteFailure("failed", write_type=WriteType.SIMPLE, consistency=QUORUM), sent(H1)),
    "reading for a condition timed out": (ReadTimeout("late", consistency=SERIAL), sent(H1)),
    "overloaded, perhaps half way through": (message(OverloadedErrorMessage), sent(H1)),
    "server error": (message(ServerError), sent(H1)),
    "CAS_WRITE_UNKNOWN, which the driver has no class for": (ErrorMessage(0x1700, "unknown", None), sent(H1)),
    "unavailable to commit what was agreed": (
        UNAVAILABLE,
        sent(H1, query=statement("UPDATE t SET v = 1 IF v = 0")),
    ),
    "unavailable for one of several partitions": (UNAVAILABLE, sent(H1, query=batch(BatchType.COUNTER, "UPDATE c"))),
    "lost, then the next host was not connected": (
        NoHostAvailable("none", {H1: LOST}),
        sent(H1, errors={H1: LOST}, retries=1),
    ),
    "lost, then refused elsewhere": (INVALID, sent(H1, H2, errors={H1: LOST}, retries=1)),
    "something, then unavailable on the same host": (UNAVAILABLE, sent(H1, H1, errors={H1: UNAVAILABLE}, retries=1)),
    "something unforeseen": (RuntimeError("bug"), sent(H1)),
}


class TestOutcome:
    @pytest.mark.parametrize(("error", "record"), CERTAIN.values(), ids=CERTAIN.keys())
    def test_of_what_certainly_was_not_applied(self, error, record):
        assert not outcome_unknown(error, record)
        assert not isinstance(failure(error, Request("UPDATE"), record, "c", [H1]), MaybeApplied)

    @pytest.mark.parametrize(("error", "record"), UNKNOWN.values(), ids=UNKNOWN.keys())
    def test_of_what_may_have_been_applied(self, error, record):
        seen = failure(error, Request("UPDATE"), record, "c", [H1])
        assert isinstance(seen, MaybeApplied)
        assert isinstance(seen, type(error))
        assert seen.__cause__ is error

    @pytest.mark.parametrize(("error", "record"), UNKNOWN.values(), ids=UNKNOWN.keys())
    def test_of_an_idempotent_statement_needs_no_such_warning(self, error, record):
        seen = failure(error, Request("SELECT", idempotent=True), record, "c", [H1])
        assert not isinstance(seen, MaybeApplied)
        assert isinstance(seen, type(error))


class TestErrors:
    def test_maybe_applied_says_it_all_but_the_values(self):
        request = Request("INSERT INTO t (k) VALUES (?)", ["hunter2"], label="Person.save")
        record = sent(H1)
        record.coordinator_host = SimpleNamespace(endpoint=H1)
        seen = failure(LOST, request, record, "cluster1", ["10.0.0.1"])
        assert str(seen) == (
            "This write may or may not have been applied, and sending it again might apply it twice: connection reset. "
            "Read what it should have written (at consistency SERIAL if it is conditional) before you repeat it. "
            "[connection 'cluster1' (hosts 10.0.0.1), coordinator 10.0.0.1:9042] Person.save: "
            "INSERT INTO t (k) VALUES (?)"
        )

    def test_a_cluster_that_nobody_answers_for_is_unreachable_and_no_host_available(self):
        error = NoHostAvailable("none", {H1: LOST, H2: OSError("refused")})
        seen = failure(error, Request("SELECT", idempotent=True), sent(), "c", ["10.0.0.1"])
        assert isinstance(seen, ClusterUnreachable)
        assert isinstance(seen, ConnectionException)
        assert isinstance(seen, NoHostAvailable)
        assert seen.errors == error.errors
        assert str(seen) == (
            "No host took the request: 10.0.0.1:9042: connection reset; 10.0.0.2:9042: refused. "
            "[connection 'c' (hosts 10.0.0.1)] SELECT"
        )

    def test_a_cluster_that_answers_is_not_called_unreachable(self):
        error = NoHostAvailable("none", {H1: UNAVAILABLE})
        assert failure(error, Request("SELECT", idempotent=True), sent(H1), "c", []) is error

    def test_other_errors_get_a_note_once(self):
        error = InvalidRequest("no")
        for _ in range(2):
            assert failure(error, Batch([("INSERT ?", [1])], label="b"), None, "c", [H1]) is error
        assert error.__notes__ == ["[connection 'c' (hosts 10.0.0.1:9042)] b: LOGGED batch of 1: INSERT ?"]

    def test_our_own_errors_stay_as_they_are(self):
        error = MaybeApplied("so")
        assert failure(error, Request("x"), None, "c", []) is error

    def test_attributes_of_the_drivers_error_are_kept(self):
        seen = combine(MaybeApplied, WRITE_TIMEOUT, "m")
        assert (seen.write_type, seen.consistency) == (WriteType.SIMPLE, QUORUM)

    def test_the_class_has_a_telling_name_and_is_made_once(self):
        first, second = (combine(MaybeApplied, WriteTimeout("late", write_type=0), "m") for _ in range(2))
        assert type(first) is type(second)
        assert type(first).__name__ == "MaybeApplied_WriteTimeout"
        assert repr(first) == "MaybeApplied_WriteTimeout('m')"

    @pytest.mark.parametrize(
        "error", [WRITE_TIMEOUT, message(OverloadedErrorMessage), ConnectionShutdown("x")], ids=str
    )
    def test_combined_errors_are_pickled(self, error):
        seen = pickle.loads(pickle.dumps(combine(MaybeApplied, error, "m")))  # noqa: S301 - our own
        assert (type(seen), str(seen)) == (type(combine(MaybeApplied, error, "m")), "m")
        assert vars(seen).keys() >= vars(error).keys()

    @pytest.mark.parametrize("kind", [OverloadedErrorMessage, ServerError, IsBootstrappingErrorMessage])
    def test_combining_leaves_the_drivers_decoding_alone(self, kind):
        before = dict(error_classes), get_registered_classes()
        seen = combine(MaybeApplied, message(kind), "m")
        assert (dict(error_classes), get_registered_classes()) == before
        assert (seen.error_code, str(seen), seen.summary) == (kind.error_code, "m", kind.summary)

    def test_an_error_that_is_of_the_class_already_is_not_combined_again(self):
        first = combine(MaybeApplied, WRITE_TIMEOUT, "m")
        assert combine(MaybeApplied, first, "again") is first

    def test_any_exception_may_be_combined(self):
        class Strange(OSError):
            pass

        seen = combine(MaybeApplied, Strange(5, "io"), "m")
        assert isinstance(seen, Strange)
        assert isinstance(seen, HelenusError)
        assert str(seen) == "m"
