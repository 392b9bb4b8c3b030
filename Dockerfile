ARG PYTHON=3.13

# -- build: the locked packages, each checked by its hash, and Casebot itself in one virtual environment -------------
FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
RUN python -m venv /opt/casebot
COPY requirements.lock ./
RUN /opt/casebot/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml manifest.yml README.md LICENSE ./
COPY bot ./bot
# The build backend has done its work then; pip has no business in a running service.
RUN /opt/casebot/bin/pip install --no-deps --no-build-isolation . \
    && /opt/casebot/bin/pip uninstall -y hatchling pathspec pluggy tomlkit trove-classifiers pip \
    && python -m compileall -q /opt/casebot

# -- run: no compiler, no pip, no root ------------------------------------------------------------------------------
FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data casebot \
    && install -d -o casebot -g casebot -m 0750 /data
COPY --from=build /opt/casebot /opt/casebot
ENV PATH=/opt/casebot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/case_management.db \
    HOST=0.0.0.0 \
    PORT=8000 \
    LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.build_opener(web.ProxyHandler({})).open(f'http://127.0.0.1:{os.environ[\"PORT\"]}/live', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["casebot"]
CMD ["run"]
