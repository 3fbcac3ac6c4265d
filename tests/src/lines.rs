//! Lines that a program or a peer produced, kept, and waited for: events with deadlines instead of sleeps.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::watch;

/// A growing list that can be waited on. Clones share it.
#[derive(Debug)]
pub struct Lines<T> {
    kept: Arc<Mutex<Vec<T>>>,
    count: watch::Sender<usize>,
    ended: watch::Sender<bool>,
}

impl<T> Clone for Lines<T> {
    fn clone(&self) -> Lines<T> {
        Lines { kept: Arc::clone(&self.kept), count: self.count.clone(), ended: self.ended.clone() }
    }
}

impl<T> Default for Lines<T> {
    fn default() -> Lines<T> {
        Lines { kept: Arc::default(), count: watch::channel(0).0, ended: watch::channel(false).0 }
    }
}

impl<T: Clone + Send + 'static> Lines<T> {
    /// Adds one.
    pub fn push(&self, line: T) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(line);
        self.count.send_replace(kept.len());
    }

    /// Nothing more will come.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        *self.count.borrow()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them.
    pub fn all(&self) -> Vec<T> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last one for which this finds something.
    pub fn last<R>(&self, find: impl FnMut(&T) -> Option<R>) -> Option<R> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().find_map(find)
    }

    /// Waits until one, from the given position on, is what is looked for; returns the position after it and what
    /// was found.
    pub async fn wait<R>(
        &self,
        what: &str,
        from: usize,
        limit: Duration,
        mut find: impl FnMut(&T) -> Option<R>,
    ) -> Result<(usize, R)>
    where
        T: std::fmt::Debug,
    {
        let mut seen = from;
        let (mut count, mut ended) = (self.count.subscribe(), self.ended.subscribe());
        let search = async {
            loop {
                count.borrow_and_update();
                let over = *ended.borrow_and_update();
                {
                    let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
                    while seen < kept.len() {
                        seen += 1;
                        if let Some(found) = find(&kept[seen - 1]) {
                            return Some((seen, found));
                        }
                    }
                }
                if over {
                    return None;
                }
                tokio::select! {
                    _ = count.changed() => {}
                    _ = ended.changed() => {}
                }
            }
        };
        match tokio::time::timeout(limit, search).await {
            Ok(Some(found)) => Ok(found),
            Ok(None) => bail!("{what}: it ended before that came. {}", self.tail()),
            Err(_) => bail!("{what}: not within {} s. {}", limit.as_secs_f32(), self.tail()),
        }
    }

    fn tail(&self) -> String
    where
        T: std::fmt::Debug,
    {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let last: Vec<String> =
            kept.iter().rev().take(3).rev().map(|line| format!("{line:?}").chars().take(1500).collect()).collect();
        format!("{} lines so far, the last ones:\n{}", kept.len(), last.join("\n"))
    }
}

/// Reads a stream line by line into a list, through a translation, on a task of its own.
pub fn read_lines<T: Clone + Send + 'static>(
    stream: impl AsyncRead + Unpin + Send + 'static,
    translate: impl Fn(&str) -> Option<T> + Send + 'static,
) -> Lines<T> {
    let lines = Lines::default();
    let writer = lines.clone();
    tokio::spawn(async move {
        let mut reader = BufReader::new(stream).lines();
        while let Ok(Some(line)) = reader.next_line().await {
            if let Some(line) = translate(&line) {
                writer.push(line);
            }
        }
        writer.end();
    });
    lines
}

/// Asks again and again until there is an answer, for things that cannot be waited on: files, another's database.
pub async fn until<R, F>(what: &str, limit: Duration, mut ask: impl FnMut() -> F) -> Result<R>
where
    F: Future<Output = Option<R>>,
{
    let answered = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    match tokio::time::timeout(limit, answered).await {
        Ok(answer) => Ok(answer),
        Err(_) => bail!("{what}: not within {} s", limit.as_secs_f32()),
    }
}
