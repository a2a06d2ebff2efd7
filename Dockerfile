# govkg in a container, without compiler and without root:
#   docker build -t govkg .
#   docker run --init --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     --stop-timeout 30 -p 8000:8000 -v govkg:/data govkg
# --init reaps the worker processes. Every file that the service writes is in /data or /tmp.
# --stop-timeout lets requests that began be answered (docs/operations/stopping.md).

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /build && python -m venv --without-pip /opt/govkg
COPY requirements-build.txt requirements.txt ./
RUN /build/bin/pip install --require-hashes -r requirements-build.txt \
 && /build/bin/pip wheel --require-hashes --no-build-isolation --wheel-dir /wheels -r requirements.txt
COPY pyproject.toml README.md LICENSE LICENSE-data ./
COPY service service
COPY ontology ontology
COPY shapes shapes
COPY examples examples
# The Pellet jars that come with owlready2 are under the AGPL and never called: they stay behind.
# Their folder stays, because owlready2 lists it when it is imported.
RUN /build/bin/python -m hatchling build -t wheel -d /wheels \
 && /build/bin/pip --python /opt/govkg/bin/python install --no-deps --no-index /wheels/*.whl \
 && rm -rf /opt/govkg/lib/python3.12/site-packages/owlready2/pellet/*

FROM python:3.12-slim
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="govkg" \
      org.opencontainers.image.description="A knowledge graph and ontology service on how local government changes" \
      org.opencontainers.image.url="https://w3id.org/govkg/" \
      org.opencontainers.image.licenses="Apache-2.0 AND CC-BY-4.0" \
      org.opencontainers.image.vendor="The govkg editors" \
      org.opencontainers.image.version="${VERSION}"
RUN groupadd --gid 10001 govkg \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin govkg \
 && install -d -o 10001 -g 10001 /data
COPY --from=build /opt/govkg /opt/govkg
ENV PATH=/opt/govkg/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GOVKG_HOST=0.0.0.0 \
    GOVKG_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["govkg", "healthcheck"]
ENTRYPOINT ["govkg"]
CMD ["serve"]
