-- What happens in a room stands in its numbered line; who has received and read how far is two cursors a member.

alter table room add column direct_key text;
alter table room add column owner_id bigint references account (id);
alter table room add column active_at bigint not null default 0;
-- Two colleagues have one room, ever: the key is both their numbers, the smaller first.
create unique index room_direct on room (direct_key);
create index room_active on room (active_at);
update room set active_at = coalesce((select max(sent_at) from message where room_id = room.id), created_at);

alter table member add column delivered_seq bigint not null default 0;
alter table member add column delivered_at bigint;
alter table member add column read_seq bigint not null default 0;
alter table member add column read_at bigint;
create index member_joined on member (joined_at);

alter table message add column kind text not null default 'text' check (kind in ('text', 'image', 'file', 'system'));
alter table message add column note text;

-- Most messages stand as they were written; only the others need to be found by their last change.
drop index message_change;
create index message_edited on message (room_id, change) where change <> seq;
