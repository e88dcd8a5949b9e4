# One image for every role: carebot web, carebot worker, carebot migrate. Nothing is kept in it.
FROM python:3.10-slim-bookworm AS build
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --no-install-project
COPY . .
RUN uv sync --locked --no-dev

FROM python:3.10-slim-bookworm
RUN useradd --system --create-home carebot
WORKDIR /app
COPY --from=build --chown=carebot /app /app
USER carebot
ENV PATH=/app/.venv/bin:$PATH HOST=0.0.0.0 PORT=8080 PROJECT_DIR=/app
EXPOSE 8080
CMD ["carebot", "web"]
