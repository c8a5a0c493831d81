# Sosik in a container: docs/install.md says how it is run, and what of it was never tried.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /build
COPY docs/deploy/image.lock ./
RUN python -m venv --without-pip /opt/sosik \
    && python -m pip --python /opt/sosik/bin/python install --quiet --no-cache-dir \
        --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r image.lock
COPY pyproject.toml README.md LICENSE docs/deploy/trim.py ./
COPY bot ./bot
COPY handlers ./handlers
COPY storage ./storage
RUN python -m pip --python /opt/sosik/bin/python install --quiet --no-cache-dir \
        --disable-pip-version-check --no-deps --no-build-isolation . \
    && python -m pip --python /opt/sosik/bin/python uninstall --quiet --yes setuptools \
    && python trim.py /opt/sosik

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="Sosik" \
    org.opencontainers.image.description="A Telegram bot that carries a blog's posts to its readers" \
    org.opencontainers.image.licenses="MIT"
RUN python -m pip uninstall --quiet --yes --root-user-action ignore pip \
    && install --directory --owner 10001 --group 10001 --mode 700 /data
COPY --from=build /opt/sosik /opt/sosik
ENV PATH=/opt/sosik/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_PATH=/data/sosik.db \
    HEALTH_LISTEN=127.0.0.1:8080
WORKDIR /data
VOLUME /data
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=180s --retries=3 CMD ["sosik", "health"]
ENTRYPOINT ["sosik"]
CMD ["run"]
