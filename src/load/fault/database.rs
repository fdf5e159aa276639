//! A fresh database for a scenario: a SQLite file, or one more database of a PostgreSQL cluster.

use crate::Fallible;
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};
use std::{fmt, path::Path};

/// Which database a scenario runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Sqlite => "sqlite",
            Kind::Postgres => "postgres",
        })
    }
}

/// The URL of a database nobody has used yet.
pub async fn fresh(kind: Kind, folder: &Path, postgres: Option<&str>) -> Fallible<String> {
    match kind {
        Kind::Sqlite => Ok(format!("sqlite:{}", folder.join("confer.db").display())),
        Kind::Postgres => {
            let cluster = postgres.ok_or("this scenario needs --postgres")?;
            let name = format!("faults_{:016x}", rand::random::<u64>());
            administer(cluster, &format!("create database {name}")).await?;
            let (server, _) = cluster.rsplit_once('/').ok_or("--postgres names no database")?;
            Ok(format!("{server}/{name}"))
        }
    }
}

/// Runs a statement on a connection of its own.
pub async fn administer(url: &str, sql: &str) -> Fallible<()> {
    let mut connection = PgConnection::connect(url).await?;
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Runs statements on a SQLite file.
pub async fn rewrite(url: &str, sql: &str) -> Fallible<()> {
    let mut connection = sqlx::SqliteConnection::connect(url).await?;
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
