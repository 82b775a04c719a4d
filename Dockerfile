# The site as docker-compose.yml runs it: Python packages, browser libraries, collected static files, gunicorn.
FROM node:22-bookworm-slim AS browser
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=sok_site.settings
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=browser /app/node_modules node_modules
# DATABASE_URL only names a backend here: nothing connects while static files and messages are compiled.
RUN for po in sok_site/locale/*/LC_MESSAGES/*.po; do \
      pybabel --quiet compile --input-file "$po" --output-file "${po%.po}.mo" --locale "$(basename "$(dirname "$(dirname "$po")")")"; \
    done \
 && DATABASE_URL=postgis://nobody@localhost/none SECRET_KEY=build python manage.py collectstatic --noinput \
 && useradd --system sok-atlas \
 && install --directory --owner=sok-atlas /media /exports /tiles
USER sok-atlas
EXPOSE 8000
CMD ["sh", "-c", "python manage.py migrate --noinput && exec gunicorn sok_site.wsgi --bind 0.0.0.0:8000 --workers 2 --threads 2 --keep-alive 75 --preload"]
