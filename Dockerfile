# The serving install: API and pages, no training libraries. Bundles are mounted at /bundles; the production profile,
# which is the default, does not start without FANGPIN_BUNDLE_KEY.
FROM debian:bookworm-slim AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY requirements/build.txt requirements/serving.txt requirements/
# Behind a gateway with its own certificate: --secret id=certificates,src=FILE; nothing of it stays in the image.
RUN --mount=type=secret,id=certificates \
    if [ -s /run/secrets/certificates ]; then \
        export PIP_CERT=/run/secrets/certificates SSL_CERT_FILE=/run/secrets/certificates; fi \
    && python3 -m venv /opt/build \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes --requirement requirements/build.txt \
    && python3 -m venv --without-pip /opt/fangpin \
    && /opt/build/bin/uv pip sync --no-cache --require-hashes --compile-bytecode \
        --python /opt/fangpin/bin/python requirements/serving.txt
COPY pyproject.toml README.md ./
COPY features features
COPY models models
COPY training training
COPY serving serving
RUN /opt/build/bin/hatchling build --target wheel --directory dist \
    && /opt/build/bin/uv pip install --no-cache --offline --no-deps --compile-bytecode \
        --python /opt/fangpin/bin/python dist/*.whl

FROM debian:bookworm-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin fangpin \
    && install --directory --owner fangpin --mode 0750 /bundles /data
COPY --from=build /opt/fangpin /opt/fangpin
ENV PATH=/opt/fangpin/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8 \
    FANGPIN_HOME=/data \
    FANGPIN_BUNDLES=/bundles
USER 10001
WORKDIR /data
VOLUME ["/bundles", "/data"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
CMD ["fangpin-serve", "run", "--host", "0.0.0.0", "--port", "8000"]
