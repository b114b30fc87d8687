//! `frontdesk demo-shop`: a small shop for flows to call, on a machine where there is none.

use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;

use clap::Args;

use crate::cli::{fail, print};
use crate::demo_shop;

/// Options of `demo-shop`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Port to listen at, on this machine only; 0 is any that is free.
    #[arg(long, default_value_t = 8090)]
    port: u16,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let port = options.port;
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(listener) => listener,
        Err(error) => return fail(&format!("cannot listen at 127.0.0.1:{port}: {error}")),
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    runtime.block_on(async {
        let address = listener.local_addr();
        let server = match demo_shop::serve(listener) {
            Ok(server) => server,
            Err(error) => return fail(&error),
        };
        if let Ok(address) = address {
            print(&format!(
                "The demo shop is open at http://{address}/ (orders LX-778120 to LX-778124, serial \
                 number LM12345678); what it is told is gone when it stops.\n"
            ));
        }
        match server.await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        }
    })
}
