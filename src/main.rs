//! The switch: command line → configuration → database → app → serve until told to stop.

#[cfg(feature = "ssr")]
mod command;

/// The server allocates much and shortly; this one is quicker at that than the system's.
#[cfg(feature = "ssr")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(feature = "ssr")]
#[tokio::main]
async fn main() -> std::process::ExitCode {
    command::run().await
}

#[cfg(not(feature = "ssr"))]
fn main() {}
