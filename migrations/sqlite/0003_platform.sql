-- What a platform around Confer needs: jobs with every step, tokens, people known to an issuer.

-- A check cannot be changed in place: the table is made anew, and rooms go on referring to it.
pragma defer_foreign_keys = on;
create table job_before as select * from job;
drop table job;
create table job (
  id integer primary key autoincrement,
  title text not null,
  client_id bigint not null references account (id),
  worker_id bigint references account (id),
  status text not null check (status in ('requested', 'confirmed', 'started', 'finished', 'cancelled')),
  at bigint not null,
  created_at bigint not null,
  confirmed_at bigint,
  started_at bigint,
  finished_at bigint,
  cancelled_at bigint,
  unique (client_id, title, at)
);
insert into job (id, title, client_id, worker_id, status, at, created_at)
  select id, title, client_id, worker_id, status, at, created_at from job_before;
drop table job_before;
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
