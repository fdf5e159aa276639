-- What a platform around Confer needs: jobs with every step, tokens, people known to an issuer.

alter table job drop constraint job_status_check;
alter table job add constraint job_status_check
  check (status in ('requested', 'confirmed', 'started', 'finished', 'cancelled'));
alter table job add column confirmed_at bigint;
alter table job add column started_at bigint;
alter table job add column finished_at bigint;
alter table job add column cancelled_at bigint;
create index job_worker on job (worker_id, at);
create index job_at on job (at);

-- From then on nothing more is written in a room.
alter table room add column closed_at bigint;
-- The conversation of a finished job stays open for a week.
update room set closed_at = active_at + 604800000
  where job_id in (select id from job where status = 'finished');

-- The newest step of a session's refresh token that was used; none in a browser's session.
alter table session add column refresh_step bigint;
-- Who this is to the organisation's own issuer.
alter table account add column subject text;
-- When the newest token was signed that said what they are called and what they may do.
alter table account add column claimed_at bigint;
create unique index account_subject on account (subject);
