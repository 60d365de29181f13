FROM node:24 AS app
USER node
RUN npm ci
USER root
