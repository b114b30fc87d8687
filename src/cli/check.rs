//! `frontdesk check`: settings and knowledge, with file and line of every mistake.

use std::process::ExitCode;

use crate::catalog::Catalog;
use crate::cli::{Common, fail, print};

pub(super) fn run(common: &Common) -> ExitCode {
    let settings = match common.load() {
        Ok(settings) => settings,
        Err(error) => return fail(&error),
    };
    let strategies = crate::app::strategy(&settings).and_then(|_| crate::app::trial(&settings));
    if let Err(error) = strategies {
        return fail(&error);
    }
    let folder = &settings.server.intents;
    match Catalog::load(folder) {
        Ok(catalog) => print(&format!(
            "The settings are in order. {}: {} intents, {} FAQ entries, {} categories, {} rules, \
             {} products, {} patterns, {} flows, {} actions.\n",
            folder.display(),
            catalog.intents.len(),
            catalog.entries.len(),
            catalog.categories.len(),
            catalog.rules.len(),
            catalog.products.len(),
            catalog.patterns.len(),
            catalog.flows.len(),
            catalog.actions.len(),
        )),
        Err(mistakes) => {
            let count = mistakes.0.len();
            fail(&format!("{count} mistakes in {}\n{mistakes}", folder.display()))
        }
    }
}
