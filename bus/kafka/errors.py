"""The border to kafka-python: its errors become the project's own here and nowhere else.

Fenced              another member owns the partitions, or a newer producer has our place
BadConfiguration    the brokers refuse us, a topic is missing, a record can never be written
Unavailable         everything else: it may pass
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from kafka import errors as kafka

from article.errors import BadConfiguration, Fenced, Unavailable, WirewatchError

# A commit that came too late, by the broker's word: of the group's coordinator or of the transactions'.
FENCED = (
    kafka.CommitFailedError,
    kafka.IllegalGenerationError,
    kafka.UnknownMemberIdError,
    kafka.RebalanceInProgressError,
    kafka.ProducerFencedError,
    kafka.InvalidProducerEpochError,
    kafka.InvalidProducerIdMappingError,
    kafka.InvalidTxnStateError,
)

# What passes only when a person changes something: the problem, and what to do.
_FOR_A_PERSON: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    (
        (kafka.FencedInstanceIdError,),
        "another process has joined under this one's name",
        "give each process a data folder or a WIREWATCH_BUS__KAFKA__INSTANCE of its own",
    ),
    (
        (kafka.SaslAuthenticationFailedError, kafka.UnsupportedSaslMechanismError),
        "the brokers refuse the login ({})",
        "check WIREWATCH_BUS__KAFKA__SASL_USERNAME, …SASL_PASSWORD and …SASL_MECHANISM",
    ),
    (
        (kafka.AuthorizationError,),
        "this user may not use it ({})",
        "have its rights (ACLs) extended",
    ),
    (
        (kafka.UnknownTopicOrPartitionError, kafka.InvalidTopicError),
        "is not there",
        "`wirewatch setup` creates what is missing",
    ),
    (
        (kafka.MessageSizeTooLargeError, kafka.RecordListTooLargeError),
        "a record is larger than the brokers take",
        "raise max.message.bytes of the topic",
    ),
    (
        (ssl.SSLError,),
        "the connection cannot be trusted ({})",
        "check WIREWATCH_BUS__KAFKA__SSL_CA_FILE and …SECURITY_PROTOCOL",
    ),
)


@contextmanager
def own_errors(subject: str) -> Iterator[None]:
    """Errors of the library as ours, about `subject`: a channel, or the brokers."""
    try:
        yield
    except (kafka.KafkaError, ssl.SSLError, OSError) as error:
        raise translated(error, subject) from error


def translated(error: Exception, subject: str) -> WirewatchError:
    if isinstance(error, FENCED):
        return Fenced(subject, f"another member has taken over ({_name(error)})")
    for kinds, problem, remedy in _FOR_A_PERSON:
        if isinstance(error, kinds):
            return BadConfiguration(subject, problem.format(_name(error)), remedy)
    return Unavailable(subject, f"Kafka does not answer as it should ({_told(error)})", "is it running?")


def _name(error: Exception) -> str:
    return type(error).__name__.removesuffix("Error")


def _told(error: Exception) -> str:
    """The error in a line; its text may be long and never holds more than addresses."""
    text = " ".join(str(error).split())
    return text[:200] if text else _name(error)
