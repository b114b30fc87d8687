//! Texts read over HTTP, by words alone: a few callers that each wait for their answer.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::SAID;
use crate::figure;
use crate::server::Server;

const CALLERS: usize = 8;
const LASTS: Duration = Duration::from_secs(10);
const WARM_UP: Duration = Duration::from_secs(2);

/// Eight callers of `/api/v1/understand`, as fast as they are answered.
pub(crate) async fn understand() {
    let server = Server::start(&[("FRONTDESK_ENCODER_ENABLED", "false")]);
    server.settled().await;
    call(server.address, WARM_UP).await;
    let before = server.cpu();
    let answered = call(server.address, LASTS).await;
    let cpu = server.cpu_seconds_since(before);
    let rate = answered as f64 / LASTS.as_secs_f64();
    let name = "understand, by words, 8 callers on the same two cores";
    figure(name, &format!("{rate:.0} /s"), "≥ 10000 /s");
    let each = cpu * 1e6 / answered as f64;
    figure("  CPU of the server for each", &format!("{each:.0} µs"), "");
    let rate = 2e6 / each;
    figure("  so much would two cores of its own answer", &format!("{rate:.0} /s"), "≥ 10000 /s");
}

/// How many texts were read in the time.
async fn call(address: SocketAddr, lasts: Duration) -> u64 {
    let until = Instant::now() + lasts;
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        callers.spawn(async move {
            let stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut stream = BufReader::new(stream);
            let mut answered = 0;
            for said in SAID.iter().cycle().skip(caller) {
                if Instant::now() >= until {
                    break;
                }
                ask(&mut stream, said).await;
                answered += 1;
            }
            answered
        });
    }
    callers.join_all().await.into_iter().sum()
}

/// Asks and reads the whole answer.
async fn ask(stream: &mut BufReader<TcpStream>, text: &str) {
    let body = format!("{{\"text\":\"{text}\"}}");
    let length = body.len();
    let head = "POST /api/v1/understand HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/json\r\ncontent-length:";
    let request = format!("{head} {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    let mut length = None;
    while line != "\r\n" {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = Some(value.trim().parse::<usize>().unwrap());
        }
    }
    let mut body = vec![0; length.unwrap()];
    stream.read_exact(&mut body).await.unwrap();
}
