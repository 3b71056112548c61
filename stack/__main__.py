"""`python -m stack up | down | env | fetch`: a stack to try things out on. `make stack` is the short form."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from article.errors import Busy, Unavailable, WirewatchError
from stack.elastic import ElasticServer
from stack.fetch import elastic_home, kafka_libs, require_programs
from stack.kafka import KafkaServer
from stack.running import holding, running, stop_running

DATA = Path("data/stack")
_LOOK_SECONDS = 0.5


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="run Kafka and Elasticsearch until Ctrl-C")
    up.add_argument("--kafka-port", type=int, default=9092, help="default 9092; 0 is any free one")
    up.add_argument("--elastic-port", type=int, default=9200, help="default 9200; 0 is any free one")
    up.add_argument("--elastic-heap", default="1g", help="memory of Elasticsearch, default 1g")
    down = commands.add_parser("down", help="stop what `up` has started")
    env = commands.add_parser("env", help="print the variables that make Wirewatch use the running stack")
    for command in (up, down, env):
        command.add_argument("--data", type=Path, default=DATA, help=f"data folder, default {DATA}")
    commands.add_parser("fetch", help="only download and build what is needed")
    given = parser.parse_args()
    try:
        match given.command:
            case "up":
                _up(given.data, given.kafka_port, given.elastic_port, given.elastic_heap)
            case "down":
                _say("stopped" if stop_running(given.data) else f"nothing runs on {given.data}")
            case "env":
                _env(given.data)
            case "fetch":
                _fetch()
    except WirewatchError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def _up(data: Path, kafka_port: int, elastic_port: int, heap: str) -> None:
    """Run both servers until Ctrl-C or SIGTERM; either, at any point, is a clean end."""
    require_programs()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as held:
        holder = held.enter_context(holding(data))
        try:
            _fetch()
            _require_free(kafka_port, "--kafka-port")
            _require_free(elastic_port, "--elastic-port")
            _say("starting Kafka")
            kafka = held.enter_context(KafkaServer(data / "kafka", port=kafka_port))
            _say(f"Kafka takes requests on {kafka.bootstrap}; starting Elasticsearch")
            elastic = held.enter_context(ElasticServer(data / "elasticsearch", port=elastic_port, heap=heap))
            _say(f"Elasticsearch answers on {elastic.url}")
            environment = {
                "WIREWATCH_BUS__KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap,
                "WIREWATCH_INDEX__ELASTIC__URL": elastic.url,
            }
            holder.ready(environment)
            _say("both are ready; Ctrl-C ends them. To use them:")
            _print_exports(environment)
            _wait_for_an_end(kafka, elastic)
        except KeyboardInterrupt:
            _say("stopping")
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):  # a second one must not cut the end short
                signal.signal(number, signal.SIG_IGN)
    _say("stopped")


def _wait_for_an_end(kafka: KafkaServer, elastic: ElasticServer) -> None:
    while True:
        time.sleep(_LOOK_SECONDS)
        if not kafka.running:
            raise Unavailable("kafka", "has ended by itself", f"its log: {kafka.log}")
        if not elastic.running:
            raise Unavailable("elasticsearch", "has ended by itself", f"its log: {elastic.log}")


def _env(data: Path) -> None:
    note = running(data)
    if note is None:
        raise Unavailable(
            str(data), "no stack runs on this folder", "start it in another terminal: make stack"
        )
    if not note.environment:
        raise Unavailable(str(data), "its stack is still starting", "try again in some seconds")
    _print_exports(note.environment)


def _fetch() -> None:
    kafka_libs()
    elastic_home()


def _require_free(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Busy(
                f"127.0.0.1:{port}", error.strerror or str(error), f"choose another: {option}"
            ) from None


def _print_exports(environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        print(f"export {name}={value}")
    sys.stdout.flush()


def _say(line: str) -> None:
    print(f"stack: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
