/** What the desk reads of past calls and of its own numbers. Shapes are the vendor's; every field may be missing. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { useClock } from "../../components/useNow";
import { useDesk } from "../../desk/store";
import { useTools } from "../shell/DeskContext";

export interface RecordRow {
  ContactId: string;
  ContactType?: string;
  CallingNumber?: string;
  CalledNumber?: string;
  ContactDisposition?: string;
  StartTime?: number | string;
  Duration?: number | string;
  CallDuration?: number | string;
  AgentIds?: string;
  SkillGroupIds?: string;
}

export interface TimelineEvent {
  Event?: string;
  EventTime?: number | string;
  Detail?: string;
  Duration?: number | string;
}

interface EventGroup {
  EventSequence?: TimelineEvent[];
}

export interface RecordDetail extends RecordRow {
  AgentEvents?: (EventGroup & { AgentId?: string; AgentName?: string })[];
  CustomerEvents?: (EventGroup & { CustomerId?: string })[];
  IvrEvents?: EventGroup[];
  QueueEvents?: (EventGroup & { QueueName?: string })[];
  AgentNames?: string;
  SkillGroupNames?: string;
  EstablishedTime?: number | string;
  ReleaseTime?: number | string;
  ReleaseInitiator?: string;
  ReleaseReason?: string;
  RecordingReady?: boolean;
  CallerLocation?: string;
  CalleeLocation?: string;
  EarlyMediaState?: string;
}

interface Page<Item> {
  List?: Item[];
  TotalCount?: number;
  PageNumber?: number;
}

const PAGE_SIZE = 20;

/** The vendor writes some figures as text. */
export function figure(value: number | string | undefined): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}

export function isInbound(row: RecordRow): boolean {
  return (row.ContactType ?? "").toLowerCase() === "inbound";
}

export function customerNumber(row: RecordRow): string {
  return (isInbound(row) ? row.CallingNumber : row.CalledNumber) ?? "";
}

/** A record stands a moment after its call has ended; until it does, the lists are asked again. */
const ASKED_AGAIN_MS = 700;
const MOST_QUESTIONS = 15;

/** When to ask a list again that has these rows: not at all once it has the call that ended last. */
export function asksAgain(rows: readonly RecordRow[] | undefined, ended: string | null, questions: number): number | false {
  if (ended === null || rows === undefined || questions >= MOST_QUESTIONS) return false;
  return rows.some((row) => row.ContactId === ended) ? false : ASKED_AGAIN_MS;
}

function useLastEnded(): string | null {
  return useDesk((state) => state.lastEnded);
}

export function useRecentCalls() {
  const { platform } = useTools();
  const ended = useLastEnded();
  return useInfiniteQuery({
    queryKey: ["recent-calls", ended],
    placeholderData: keepPreviousData,
    initialPageParam: 1,
    queryFn: async ({ pageParam }): Promise<Page<RecordRow>> => {
      const parameters = { PageNumber: pageParam, PageSize: PAGE_SIZE };
      const page = await platform.operations.call("ListRecentCallDetailRecords", parameters);
      return (page ?? {});
    },
    getNextPageParam: (page, _pages, number) => (number * PAGE_SIZE < (page.TotalCount ?? 0) ? number + 1 : undefined),
    refetchInterval: ({ state }) => {
      const rows = state.data === undefined ? undefined : (state.data.pages[0]?.List ?? []);
      return asksAgain(rows, ended, state.dataUpdateCount);
    },
  });
}

export interface Today {
  calls: number;
  answered: number;
  inbound: number;
  outbound: number;
  talkedMs: number;
}

/** Sums up today's calls; null until they are known. */
export function useToday(): Today | null {
  const { platform } = useTools();
  const ended = useLastEnded();
  const midnight = useClock((now) => new Date(now).setHours(0, 0, 0, 0));
  const { data } = useQuery({
    queryKey: ["today", midnight, ended],
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const parameters = { PageNumber: 1, PageSize: 100, StartTime: midnight };
      const page = (await platform.operations.call("ListRecentCallDetailRecords", parameters)) as Page<RecordRow> | null;
      return page?.List ?? [];
    },
    refetchInterval: ({ state }) => asksAgain(state.data, ended, state.dataUpdateCount),
  });
  return useMemo(() => (data === undefined ? null : sum(data.filter((row) => figure(row.StartTime) >= midnight))), [data, midnight]);
}

export function sum(rows: readonly RecordRow[]): Today {
  const inbound = rows.filter(isInbound).length;
  return {
    calls: rows.length,
    answered: rows.filter((row) => row.ContactDisposition === "Success").length,
    inbound,
    outbound: rows.length - inbound,
    talkedMs: rows.reduce((total, row) => total + figure(row.CallDuration ?? row.Duration) * 1_000, 0),
  };
}

const RECORDING_WITHIN_MS = 180_000;

/** A recording exists only where an agent and a customer talked, and takes a moment to be made. */
export function recordingIsBeingMade(record: RecordDetail | null | undefined): boolean {
  return (
    record != null &&
    record.RecordingReady !== true &&
    record.ContactDisposition === "Success" &&
    Date.now() - figure(record.ReleaseTime) < RECORDING_WITHIN_MS
  );
}

export function useRecord(callId: string) {
  const { platform } = useTools();
  return useQuery({
    queryKey: ["record", callId],
    queryFn: async () =>
      (await platform.operations.call("GetCallDetailRecord", { ContactId: callId })) as RecordDetail | null,
    // A record may be a moment younger than the call's end.
    retry: 3,
    refetchInterval: (query) => (recordingIsBeingMade(query.state.data) ? 3_000 : false),
  });
}

export interface Recording {
  FileName?: string;
  FileUrl?: string;
}

export function useRecording(callId: string, ready: boolean) {
  const { platform } = useTools();
  return useQuery({
    queryKey: ["recording", callId],
    enabled: ready,
    queryFn: async (): Promise<Recording | null> => {
      const found = (await platform.operations.call("GetMultiChannelRecording", { ContactId: callId })) as Recording | null;
      if (found?.FileUrl === undefined || platform.recordings === undefined) return found;
      return { ...found, FileUrl: platform.recordings.source(found.FileUrl) };
    },
  });
}

export interface OutboundNumber {
  Number: string;
  City?: string;
  Province?: string;
}

export function useOutboundNumbers() {
  const { platform, who } = useTools();
  return useQuery({
    queryKey: ["outbound-numbers"],
    staleTime: 60_000,
    queryFn: async () => {
      const parameters = { UserId: who.user_id, PageNumber: 1, PageSize: 100 };
      const page = (await platform.operations.call("ListOutboundNumbersOfUser", parameters)) as Page<OutboundNumber> | null;
      return page?.List ?? [];
    },
  });
}
