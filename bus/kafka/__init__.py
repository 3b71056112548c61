"""The bus on Kafka, through kafka-python. The only place that knows the library."""

import logging

from bus.kafka.bus import KafkaBus, setup_kafka

__all__ = ["KafkaBus", "setup_kafka"]

# The library tells each lost connection many times over. What a person must know, our own events say once.
logging.getLogger("kafka").setLevel(logging.CRITICAL)
