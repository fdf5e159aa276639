-- What people have chosen for themselves, and when a session was last of use.

create table preference (
  account_id bigint not null references account (id),
  name text not null,
  value text not null,
  primary key (account_id, name)
);

alter table session add column used_at bigint;
