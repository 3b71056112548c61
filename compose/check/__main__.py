"""`python -m compose.check`: builds the images, runs docker-compose.yml, feeds it, kills it, counts."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from article.errors import Unavailable, WirewatchError
from compose.check.engine import engine
from compose.check.feed import growing_feed
from compose.check.images import make_images
from compose.check.scenario import Reach, run
from compose.env import values
from stack.process import free_ports

REPOSITORY = Path(__file__).resolve().parents[2]
HOST = "host.docker.internal"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m compose.check", description=__doc__)
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("/var/tmp/wirewatch-compose-check"),  # noqa: S108 - root's own, and wanted again
        help="where images and volumes are kept",
    )
    given = parser.parse_args()
    try:
        _check(given.folder)
    except WirewatchError as error:
        print(f"check: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    print("check: all is well")
    return 0


def _check(folder: Path) -> None:
    if os.geteuid() != 0:
        raise Unavailable("check", "must run as root, which a Docker engine needs")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kafka, elastic, kibana, web, feed_port = free_ports(5)
    environment = values() | {
        "KAFKA_PORT": str(kafka),
        "ELASTIC_PORT": str(elastic),
        "KIBANA_PORT": str(kibana),
        "WEB_PORT": str(web),
        "ALLOW_HOSTS": f'["{HOST}:{feed_port}"]',
        "MIN_INTERVAL": "2",
        "MAX_INTERVAL": "4",
    }
    reach = Reach(
        port=elastic,
        password=environment["ELASTIC_PASSWORD"],
        web_port=web,
        web_token=environment["WEB_TOKEN"],
    )
    with engine(folder, repository=REPOSITORY, environment=environment) as running:
        make_images(running, folder / "images")
        with growing_feed(HOST, feed_port) as feed:
            try:
                run(running, reach, feed)
            except WirewatchError:
                print(running.compose("ps", "--all"), running.compose("logs", "--tail", "20"), flush=True)
                raise
            finally:
                running.compose("down", "--volumes", "--timeout", "20")


if __name__ == "__main__":
    sys.exit(main())
