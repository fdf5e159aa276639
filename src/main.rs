//! The switch: command line → configuration → database → app → serve until told to stop.

#[cfg(feature = "ssr")]
mod command;

#[cfg(feature = "ssr")]
#[tokio::main]
async fn main() -> std::process::ExitCode {
    command::run().await
}

#[cfg(not(feature = "ssr"))]
fn main() {}
