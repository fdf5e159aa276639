//! One schema in two dialects: what differs between the databases is named here or is a mistake.

use super::testapp::{Folder, fresh_postgres};
use crate::{args, server::db::Db};
use std::{collections::BTreeSet, path::Path};

/// A column as both databases can tell it: table, name, kind, whether it may be empty.
type Column = (String, String, String, bool);

async fn sqlite() -> (Db, Folder) {
    let folder = Folder::new();
    let db = Db::open(&format!("sqlite:{}", folder.0.join("a.db").display())).await.unwrap();
    db.migrate("e").await.unwrap();
    (db, folder)
}

async fn postgres() -> Db {
    let db = Db::open(&fresh_postgres().await).await.unwrap();
    db.migrate("e").await.unwrap();
    db
}

fn kind(word: &str) -> String {
    match word.to_lowercase().as_str() {
        "integer" | "bigint" => "number",
        "text" => "text",
        "blob" | "bytea" => "bytes",
        other => panic!("a column of kind {other} is not one both databases have"),
    }
    .to_owned()
}

async fn columns(db: &Db) -> BTreeSet<Column> {
    let sql = match db {
        Db::Sqlite { .. } => {
            "select m.name, c.name, c.type, case when c.\"notnull\" = 0 and c.pk = 0 then 'yes' else 'no' end \
             from sqlite_master m, pragma_table_info(m.name) c \
             where m.type = 'table' and m.name not like 'sqlite%' and m.name <> '_sqlx_migrations'"
        }
        Db::Postgres(_) => {
            "select table_name::text, column_name::text, data_type::text, lower(is_nullable::text) \
             from information_schema.columns \
             where table_schema = current_schema() and table_name <> '_sqlx_migrations'"
        }
    };
    let rows: Vec<(String, String, String, String)> = db.all(sql, args![]).await.unwrap();
    rows.into_iter().map(|(table, name, word, empty)| (table, name, kind(&word), empty == "yes")).collect()
}

async fn unique_keys(db: &Db) -> BTreeSet<(String, String)> {
    let sql = match db {
        Db::Sqlite { .. } => {
            "select m.name, (select group_concat(name) from (select c.name from pragma_index_info(i.name) c order by c.seqno)) \
             from sqlite_master m, pragma_index_list(m.name) i \
             where m.type = 'table' and i.\"unique\" = 1 and m.name <> '_sqlx_migrations'"
        }
        Db::Postgres(_) => {
            "select t.relname::text, string_agg(a.attname::text, ',' order by array_position(i.indkey::int[], a.attnum::int)) \
             from pg_index i join pg_class t on t.oid = i.indrelid \
             join pg_namespace n on n.oid = t.relnamespace \
             join pg_attribute a on a.attrelid = t.oid and a.attnum = any (i.indkey) \
             where i.indisunique and n.nspname = current_schema() and t.relname <> '_sqlx_migrations' \
             group by t.relname, i.indexrelid"
        }
    };
    let rows: Vec<(String, String)> = db.all(sql, args![]).await.unwrap();
    // SQLite's numeric primary key is the row itself and has no index of its own.
    rows.into_iter().filter(|(_, columns)| columns != "id").collect()
}

#[tokio::test]
async fn both_databases_have_the_same_columns() {
    let (sqlite, _folder) = sqlite().await;
    let (ours, theirs) = (columns(&sqlite).await, columns(&postgres().await).await);
    assert!(ours.len() > 30, "{ours:?}");
    let only_sqlite: Vec<_> = ours.difference(&theirs).collect();
    let only_postgres: Vec<_> = theirs.difference(&ours).collect();
    assert!(
        only_sqlite.is_empty() && only_postgres.is_empty(),
        "SQLite: {only_sqlite:?}\nPostgreSQL: {only_postgres:?}"
    );
}

#[tokio::test]
async fn both_databases_refuse_the_same_doubles() {
    let (sqlite, _folder) = sqlite().await;
    let (ours, theirs) = (unique_keys(&sqlite).await, unique_keys(&postgres().await).await);
    assert!(ours.contains(&("message".into(), "sender_id,cid".into())), "{ours:?}");
    assert_eq!(ours, theirs);
}

#[test]
fn both_folders_hold_the_same_migrations() {
    let names = |folder: &str| -> BTreeSet<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

#[tokio::test]
async fn sqlite_is_kept_with_full_synchronisation() {
    let (Db::Sqlite { write, read }, _folder) = sqlite().await else { unreachable!() };
    for pool in [write, read] {
        let (mode,): (String,) = sqlx::query_as("pragma journal_mode").fetch_one(&pool).await.unwrap();
        let (synchronous,): (i64,) = sqlx::query_as("pragma synchronous").fetch_one(&pool).await.unwrap();
        let (keys,): (i64,) = sqlx::query_as("pragma foreign_keys").fetch_one(&pool).await.unwrap();
        assert_eq!((mode.as_str(), synchronous, keys), ("wal", 2, 1));
    }
}
