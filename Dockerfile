ARG BASE=python:3.11-slim-bookworm
ARG BUILD_BASE=$BASE

FROM ${BUILD_BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/wirewatch
COPY requirements.lock /src/
RUN /opt/wirewatch/bin/pip install --no-compile --require-hashes -r /src/requirements.lock
COPY . /src/
RUN /opt/wirewatch/bin/pip install --no-compile --no-deps --no-build-isolation /src \
 && /opt/wirewatch/bin/pip uninstall --yes --quiet setuptools pip
# Bytecode of what is used only: compiled whole, the libraries are a third larger. This also proves the model.
RUN echo '{"id": "1", "title": "Rain in Lisbon", "text": "The city of Lisbon expects rain."}' \
  | /opt/wirewatch/bin/wirewatch annotate > /dev/null \
 && cd /opt/wirewatch/lib/python3.11/site-packages \
 && python -m compileall -q app article bus enrich index ingest notify runtime web aiohttp elastic_transport \
    elasticsearch fastapi feedparser jinja2 kafka pydantic starlette trafilatura uvicorn > /dev/null

FROM ${BASE}
LABEL org.opencontainers.image.title="wirewatch" \
      org.opencontainers.image.description="Watches news feeds and makes every article findable"
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin wirewatch \
 && install -d -o 10001 -g 10001 -m 0750 /data
COPY --from=build /opt/wirewatch /opt/wirewatch
COPY compose/accounts.py /opt/wirewatch/share/accounts.py
ENV PATH=/opt/wirewatch/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 WIREWATCH_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["wirewatch"]
CMD ["run"]
