-- Up to which message of a conversation somebody has said that no answer is needed.

alter table room add column settled_seq bigint not null default 0;
