//! STUB
use std::process::ExitCode;
/// STUB
#[derive(Debug, clap::Subcommand)]
pub(super) enum EvalCommand { /// STUB
 None }
pub(super) fn run(_c: &EvalCommand) -> ExitCode { ExitCode::SUCCESS }
