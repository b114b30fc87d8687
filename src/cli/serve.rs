//! `frontdesk serve`: runs the server until it is told to stop.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{self, Running};
use crate::cli::{fail, print};
use crate::config::{LogFormat, Settings};
use crate::tasks::keep_memory_together;
use crate::telemetry;

/// Options of `serve`.
#[derive(Debug, Default, Args)]
pub(super) struct Options {
    /// Address to listen at; overrides `server.listen` of the settings.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    data: Data,
    /// Serve the browser side from this folder instead of the one in the binary.
    #[arg(long, value_name = "DIR")]
    static_dir: Option<PathBuf>,
}

/// Where the data is.
#[derive(Debug, Default, Args)]
pub(super) struct Data {
    /// Folder for everything that is stored; overrides `server.data` of the settings.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub(super) fn run(mut settings: Settings, options: Options) -> ExitCode {
    keep_memory_together();
    let server = &mut settings.server;
    server.listen = options.listen.unwrap_or(server.listen);
    if let Some(data) = options.data.data {
        server.data = data;
    }
    if options.static_dir.is_some() {
        server.static_dir = options.static_dir;
    }
    if let Err(error) =
        telemetry::init_logs(settings.log.format == LogFormat::Json, &settings.log.level)
    {
        return fail(&error);
    }
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(cores * 2 + 8)
        .thread_name("frontdesk")
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(serve(settings)),
        Err(error) => fail(&error),
    }
}

async fn serve(settings: Settings) -> ExitCode {
    let public_url = settings.server.public_url.clone();
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return fail(&"signals cannot be handled here");
    };
    let running = match app::start(settings).await {
        Ok(running) => running,
        Err(error) => return fail(&error),
    };
    print(&greeting(&running, public_url));
    let is_broken = tokio::select! {
        _ = terminate.recv() => false,
        _ = interrupt.recv() => false,
        () = running.store_failed() => true,
    };
    let stopped = running.stop().await;
    match stopped {
        Ok(()) if is_broken => fail(&"the event store failed; see the log for why"),
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn greeting(running: &Running, public_url: Option<String>) -> String {
    let url = public_url.unwrap_or_else(|| format!("http://{}", running.address()));
    let mut text = format!(
        "Frontdesk is ready.\n\n  Demo shop with the widget  {url}/\n  Agents' console            {url}/console\n  API, to try it             {url}/api/docs/\n"
    );
    if let Some(token) = running.setup_token() {
        let _ = write!(
            text,
            "\nThere is no admin yet. Create the first one here (this link works once):\n  {url}/console#setup={token}\n"
        );
    }
    text
}

/// Rewrites the store of a stopped server.
pub(super) fn compact(settings: &Settings, options: &Data) -> ExitCode {
    let folder = options.data.as_ref().unwrap_or(&settings.server.data);
    match crate::events::compact(folder) {
        Ok(done) => print(&format!("{done}\n")),
        Err(error) => fail(&error),
    }
}
