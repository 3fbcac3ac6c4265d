//! Somebody else's customer pages: a web server whose pages refuse to be shown in frames, and report when they are seen.

use std::time::Instant;

use anyhow::Result;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::lines::Lines;

/// The page: it says who calls, and reports once that has been painted, with what can be read on it.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>Customer</title><h1></h1><script>
const id = new URLSearchParams(location.search).get("id");
document.querySelector("h1").textContent = `Customer of ${id}`;
requestAnimationFrame(() => requestAnimationFrame(() => fetch("/seen?" + new URLSearchParams({
  id, text: document.body.innerText.trim(), framed: top !== self,
}))));
</script>"#;

/// One thing that reached the server.
#[derive(Debug, Clone)]
pub struct Visit {
    /// When.
    pub at: Instant,
    /// Path and query: `/customer?…` when the page is fetched, `/seen?…` when it has been painted.
    pub target: String,
}

/// The server. Dropping it closes it.
pub struct CustomerPages {
    /// The address of the pages, for the centre's settings: `{call_id}` takes the call's place.
    pub address: String,
    /// What reached it.
    pub visits: Lines<Visit>,
    task: JoinHandle<()>,
}

impl CustomerPages {
    /// Opens it on loopback.
    pub async fn open() -> Result<CustomerPages> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}/customer?id={{call_id}}", listener.local_addr()?);
        let visits = Lines::default();
        let notes = visits.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, notes.clone()));
            }
        });
        Ok(CustomerPages { address, visits, task })
    }
}

impl Drop for CustomerPages {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers each request of one connection; whoever goes away is gone.
async fn serve(stream: TcpStream, visits: Lines<Visit>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut target = None;
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(rest) = line.strip_prefix("GET ") {
            target = rest.split(' ').next().map(str::to_owned);
        }
        if !line.is_empty() {
            continue;
        }
        let Some(target) = target.take() else { return };
        visits.push(Visit { at: Instant::now(), target });
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-Frame-Options: DENY\r\n";
        let answer = format!("{head}Content-Length: {}\r\n\r\n{PAGE}", PAGE.len());
        if writer.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
