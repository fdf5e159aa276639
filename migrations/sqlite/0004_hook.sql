-- Programs elsewhere that are told what happens here.

create table hook (
  id integer primary key autoincrement,
  url text not null,
  secret text not null,
  -- Which events, as bits.
  events bigint not null,
  created_at bigint not null,
  -- Since when calls fail, how often they did, and when the next one is due.
  failing_since bigint,
  tries bigint not null default 0,
  due_at bigint not null default 0,
  -- Which process alone calls it, and until when.
  leased_by text,
  leased_until bigint not null default 0,
  disabled_at bigint
);

-- What is still to be told, written in the transaction that did it.
create table hook_call (
  id integer primary key autoincrement,
  hook_id bigint not null,
  body text not null,
  created_at bigint not null
);
create index hook_call_hook on hook_call (hook_id, id);
