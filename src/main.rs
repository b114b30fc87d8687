//! The `frontdesk` command.

use std::process::ExitCode;

/// Gives memory back that training no longer needs; the system's allocator keeps half of it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    frontdesk::cli::run()
}
