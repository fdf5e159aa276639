//! The command line: what an operator can ask of Confer.

use clap::{Parser, Subcommand};
use confer::{
    model::account::Role,
    server::{
        App, Timing, account,
        clock::Clock,
        config::{Config, Log, Mode},
        db::{self, Db},
        demo, http, import,
    },
};
use std::{
    io::{IsTerminal, Read, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// Secure messaging for people who care for people.
#[derive(Debug, Parser)]
#[command(name = "confer", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until told to stop
    Serve,
    /// Serve, filling an empty database with demo people first
    Demo {
        /// Stand still at this moment of the past, in milliseconds since 1970, so that pages look the same every day
        #[arg(long, value_name = "MS")]
        at: Option<i64>,
    },
    /// Bring the database schema up
    Migrate,
    /// Import people, care links, groups and jobs from a JSON file; prints what it made, as JSON
    Import {
        /// The file, or - for standard input
        file: PathBuf,
    },
    /// Add, change and list accounts
    #[command(subcommand)]
    User(User),
}

#[derive(Debug, Subcommand)]
enum User {
    /// Add an account; the password is read from standard input
    Add {
        /// The address to sign in with
        email: String,
        /// The name others see
        #[arg(long)]
        name: String,
        /// patient, practitioner, staff, client, worker or admin
        #[arg(long, value_parser = role)]
        role: Role,
        /// Date of birth, such as 1951-03-12
        #[arg(long)]
        born: Option<String>,
        /// What they do, such as "District nurse"
        #[arg(long)]
        headline: Option<String>,
    },
    /// Set a password, read from standard input; every session of the account ends
    Passwd {
        /// The account's address
        email: String,
    },
    /// Shut an account out; every session of it ends
    Disable {
        /// The account's address
        email: String,
    },
    /// List every account
    List,
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| "one of patient, practitioner, staff, client, worker, admin".into())
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Runs the command; a failure is one plain line and a non-zero exit.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match obey(cli).await {
        Ok(()) => return ExitCode::SUCCESS,
        // Whoever reads only the first lines has what they wanted.
        Err(error) if is_closed_pipe(error.as_ref()) => return ExitCode::SUCCESS,
        Err(error) => writeln!(std::io::stderr(), "confer: {error}"),
    };
    drop(outcome);
    ExitCode::FAILURE
}

fn is_closed_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

async fn obey(Cli { mut config, command }: Cli) -> Outcome {
    config.settle();
    config.check()?;
    // One provider for every TLS connection; without this the first one would have to guess.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match command {
        Command::Serve => {
            refuse_demo_people(&config).await?;
            serve(config, Clock::Wall).await
        }
        Command::Demo { at } => {
            if config.mode == Mode::Production {
                return Err("demo people have a known password; production mode refuses them".into());
            }
            let clock = at.map_or(Clock::Wall, Clock::at);
            let db = open(&config).await?;
            demo::fill(&db, &clock).await?;
            db.close().await;
            serve(config, clock).await
        }
        Command::Migrate => {
            let db = open(&config).await?;
            db.close().await;
            say("The schema is up to date.")
        }
        Command::Import { file } => {
            let text = read(&file)?;
            let file = import::read(&text)?;
            let db = open(&config).await?;
            let report = import::import(&db, &Clock::Wall, &file).await?;
            db.close().await;
            say(&serde_json::to_string(&report)?)
        }
        Command::User(user) => {
            // Whoever is to be changed is in a database that is there; a mistyped path must not make one.
            if let (Some(path), false) =
                (db::missing_file(&config.database_url), matches!(user, User::Add { .. }))
            {
                return Err(
                    format!("there is no database at {path}; DATABASE_URL names the one to use").into()
                );
            }
            let db = open(&config).await?;
            let outcome = obey_user(&db, user).await;
            db.close().await;
            outcome
        }
    }
}

/// Everybody knows the password of demo people; a server that is meant does not let them in.
async fn refuse_demo_people(config: &Config) -> Outcome {
    if config.mode != Mode::Production {
        return Ok(());
    }
    let db = open(config).await?;
    let found = account::list(&db).await?;
    db.close().await;
    let demo =
        found.iter().filter(|(_, email, _, _, disabled)| disabled.is_none() && email.ends_with(demo::AT));
    match demo.count() {
        0 => Ok(()),
        count => Err(format!(
            "this database holds {count} demo people, whose password everybody knows; disable them or take another database"
        )
        .into()),
    }
}

async fn obey_user(db: &Db, user: User) -> Outcome {
    let now_ms = Clock::Wall.now_ms();
    match user {
        User::Add { email, name, role, born, headline } => {
            let new = account::NewAccount { email, name, role, headline, born };
            new.check()?;
            let hash = account::hash(password()?).await?;
            let mut tx = db.begin().await?;
            let id = account::add(&mut tx, &new, &hash, now_ms).await?;
            tx.commit().await?;
            say(&format!("Added {} as number {id}.", new.email))
        }
        User::Passwd { email } => {
            let password = password()?;
            account::set_password(db, &email, password, now_ms)
                .await
                .map_err(|error| nobody(&email, error))?;
            say(&format!("{email} has a new password and is signed out everywhere."))
        }
        User::Disable { email } => {
            account::disable(db, &email, now_ms).await.map_err(|error| nobody(&email, error))?;
            say(&format!("{email} can no longer sign in."))
        }
        User::List => {
            let mut out = std::io::stdout().lock();
            for (id, email, name, role, disabled_at) in account::list(db).await? {
                let state = if disabled_at.is_some() { "disabled" } else { "active" };
                writeln!(out, "{id}\t{email}\t{role}\t{state}\t{name}")?;
            }
            Ok(())
        }
    }
}

fn nobody(email: &str, error: confer::model::Error) -> String {
    match error {
        confer::model::Error::NotFound => format!("nobody here has the address {email}"),
        other => other.to_string(),
    }
}

/// A password from standard input, never from the command line, where every process could read it.
fn password() -> Result<String, std::io::Error> {
    if std::io::stdin().is_terminal() {
        write!(std::io::stderr(), "Password (shown as you type): ")?;
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn read(file: &PathBuf) -> Result<String, String> {
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map(|_| text).map_err(|error| format!("{} cannot be read: {error}", file.display()))
}

fn say(line: &str) -> Outcome {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

async fn open(config: &Config) -> Result<Db, Box<dyn std::error::Error>> {
    let db = Db::open(&config.database_url).await?;
    db.migrate(&confer::server::random_hex()).await?;
    Ok(db)
}

async fn serve(config: Config, clock: Clock) -> Outcome {
    start_log(&config);
    let address = config.site_addr();
    let origin = config.public_origin();
    let site = config.site_root();
    if !site.join("pkg").is_dir() {
        tracing::warn!(site.root = %site.display(), "the browser's half is not there: pages will come without style and script");
    }
    let app = App::start(config, clock, Timing::default()).await?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("{address} cannot be listened on: {error}"))?;
    tracing::info!(http.address = %address, http.origin = %origin, "serving");
    let router = http::router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let stopping = app.clone();
    let served = axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| {
            // A message is one small write; waiting to fill a packet would only delay it.
            let _ = stream.set_nodelay(true);
        }),
        router,
    )
    .with_graceful_shutdown(async move {
        told_to_stop().await;
        tracing::info!("stopping");
        stopping.begin_stop();
    });
    // A client that never finishes its request must not hold the process.
    let drained = app.clone();
    tokio::select! {
        served = served => served?,
        () = async { drained.stopped().await; tokio::time::sleep(confer::server::DRAIN).await } => {}
    }
    app.stop().await;
    tracing::info!("stopped");
    Ok(())
}

async fn told_to_stop() {
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

fn start_log(config: &Config) {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    match config.log {
        Log::Text => {
            let is_terminal = std::io::stdout().is_terminal();
            fmt().with_env_filter(filter).with_target(false).with_ansi(is_terminal).init();
        }
        Log::Json => fmt().json().with_env_filter(filter).init(),
    }
}
