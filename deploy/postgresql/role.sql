-- The role and the database of the service, made once, when PostgreSQL's own volume is empty. Row-level security
-- binds the role: it is no superuser, is not exempt, and owns nothing but its database.
\set ON_ERROR_STOP on
\set password `cat /run/secrets/database_password`
SELECT length(:'password') < 32 AS short \gset
\if :short
  \warn 'The secret database_password is missing or has fewer than 32 characters: see docs/deploying.md'
  SELECT 1 / 0;
\endif
-- A statement that failed would be logged, with the password in it.
SET log_min_error_statement = panic;
CREATE ROLE bonafide LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
CREATE DATABASE bonafide OWNER bonafide ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE bonafide FROM PUBLIC;
REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;
