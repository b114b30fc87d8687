//! The server as a process of its own, and what the system says of it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::Instant;

/// A running server; it is killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) ready_after: Duration,
    folder: Option<TempDir>,
}

impl Server {
    /// Starts a server on a fresh data folder.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut server = Self::start_on(&data, settings);
        server.folder = Some(folder);
        server
    }

    /// Starts a server on a data folder that is there.
    pub(crate) fn start_on(data: &Path, settings: &[(&str, &str)]) -> Self {
        let intents = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("intents");
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
        command.arg("serve").args(["--listen", "127.0.0.1:0"]);
        command.arg("--data").arg(data).arg("--intents").arg(intents);
        let models = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models");
        command.env("FRONTDESK_ENCODER_MODELS", models);
        command.current_dir(data.parent().unwrap()).env("FRONTDESK_LOG_LEVEL", "warn");
        command.envs(settings.iter().copied());
        let started = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut ready_after = None;
        let address = loop {
            let Some(Ok(line)) = lines.next() else { panic!("the server did not start") };
            // the greeting is printed when everything is ready
            ready_after.get_or_insert_with(|| started.elapsed());
            if let Some((_, address)) = line.split_once("http://") {
                break address.trim_end_matches('/').parse().unwrap();
            }
        };
        Self { child, address, ready_after: ready_after.unwrap(), folder: None }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Resident memory in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
    }

    /// CPU time so far, of all threads that still run.
    pub(crate) fn cpu(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap().flatten();
        let nanoseconds = tasks.filter_map(|task| {
            let line = fs::read_to_string(task.path().join("schedstat")).ok()?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// Seconds of CPU since `before`.
    pub(crate) fn cpu_seconds_since(&self, before: Duration) -> f64 {
        self.cpu().saturating_sub(before).as_secs_f64()
    }

    /// Waits until the server has nothing left to do: it has learned and encoded its knowledge.
    pub(crate) async fn settled(&self) {
        loop {
            let before = self.cpu();
            tokio::time::sleep(Duration::from_secs(2)).await;
            if self.cpu_seconds_since(before) < 0.02 {
                return;
            }
        }
    }

    /// Gives server and client a core each, so that neither slows the other down.
    pub(crate) fn keep_apart(&self) {
        for (core, process) in [("0", self.child.id()), ("1", std::process::id())] {
            let mut command = Command::new("taskset");
            command.args(["-acp", core, &process.to_string()]).stdout(Stdio::null());
            assert!(command.status().unwrap().success());
        }
    }

    /// Kills the server as `kill -9` does and gives its data folder.
    pub(crate) fn kill(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.folder.take().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that is gone already needs no killing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
