-- People, who is linked to whom, where they talk, and what they said.
-- Times are milliseconds since 1970 in UTC. The other database's folder holds the same schema.

create table account (
  id integer primary key autoincrement,
  email text not null unique,
  name text not null,
  role text not null check (role in ('patient', 'practitioner', 'staff', 'client', 'worker', 'admin')),
  headline text,
  born text,
  password text not null,
  last_seen bigint,
  disabled_at bigint,
  created_at bigint not null
);

create table session (
  key text primary key,
  account_id bigint references account (id),
  data text not null,
  agent text,
  created_at bigint not null,
  expires_at bigint not null,
  revoked_at bigint
);
create index session_account on session (account_id);
create index session_revoked on session (revoked_at);

create table care (
  id integer primary key autoincrement,
  patient_id bigint not null references account (id),
  practitioner_id bigint not null references account (id),
  created_at bigint not null,
  unique (patient_id, practitioner_id)
);
create index care_practitioner on care (practitioner_id);

create table job (
  id integer primary key autoincrement,
  title text not null,
  client_id bigint not null references account (id),
  worker_id bigint references account (id),
  status text not null check (status in ('requested', 'confirmed', 'started', 'finished')),
  at bigint not null,
  created_at bigint not null,
  unique (client_id, title, at)
);

-- A care link and a job have one room, ever: the unique keys decide a race.
create table room (
  id integer primary key autoincrement,
  kind text not null check (kind in ('care', 'direct', 'group', 'job')),
  title text,
  care_id bigint unique references care (id),
  job_id bigint unique references job (id),
  last_seq bigint not null default 0,
  created_at bigint not null
);

create table member (
  room_id bigint not null references room (id),
  account_id bigint not null references account (id),
  joined_at bigint not null,
  primary key (room_id, account_id)
);
create index member_account on member (account_id, room_id);

-- The pair (sender, cid) is kept for good: it is what makes a repeated send harmless.
create table message (
  id integer primary key autoincrement,
  room_id bigint not null references room (id),
  seq bigint not null,
  change bigint not null,
  sender_id bigint not null references account (id),
  cid blob not null,
  body text not null,
  sent_at bigint not null,
  unique (room_id, seq),
  unique (sender_id, cid)
);
create index message_change on message (room_id, change);

-- What is true of the whole database; its epoch tells clients that they still talk to the same one.
create table fact (
  key text primary key,
  value text not null
);
