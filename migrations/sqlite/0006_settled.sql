-- Up to which message of a conversation somebody has said that no answer is needed. What was read and not answered
-- before anybody could say so is not counted as waiting.

alter table room add column settled_seq bigint not null default 0;

update room set settled_seq = coalesce(
  (select m.read_seq from care c join member m on m.account_id = c.practitioner_id
   where c.id = room.care_id and m.room_id = room.id), 0)
where care_id is not null;
