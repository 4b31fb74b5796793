-- Tables of the classic worker: what wApi keeps for the same events, in ordinary PostgreSQL style.
-- Identity keys carry the idempotency: (phone number, wamid) for messages, (wamid, status) for statuses.
CREATE TABLE phone_numbers (
  phone_number_id text PRIMARY KEY,
  workspace_id    uuid NOT NULL
);

CREATE TABLE contacts (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id  uuid NOT NULL,
  wa_id         text NOT NULL,
  user_id       text,
  name          text NOT NULL DEFAULT '',
  opted_out     boolean NOT NULL DEFAULT false,
  opted_out_at  timestamptz,
  opted_out_via text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, wa_id)
);

CREATE TABLE conversations (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id      uuid NOT NULL,
  contact_id        bigint NOT NULL REFERENCES contacts (id),
  phone_number_id   text NOT NULL,
  status            text NOT NULL DEFAULT 'open',
  unread_count      integer NOT NULL DEFAULT 0,
  last_message_at   timestamptz NOT NULL,
  window_expires_at timestamptz NOT NULL,
  created_at        timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, contact_id, phone_number_id)
);
CREATE INDEX conversations_inbox ON conversations (workspace_id, last_message_at DESC);

CREATE TABLE messages (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id    uuid NOT NULL,
  conversation_id bigint NOT NULL REFERENCES conversations (id),
  phone_number_id text NOT NULL,
  wa_message_id   text NOT NULL,
  direction       text NOT NULL,
  type            text NOT NULL,
  body            text,
  content         jsonb NOT NULL,
  status          text NOT NULL,
  sent_at         timestamptz NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (phone_number_id, wa_message_id)
);
CREATE INDEX messages_thread ON messages (conversation_id, sent_at DESC);

-- Statuses that came before the message they belong to was known.
CREATE TABLE early_statuses (
  phone_number_id text NOT NULL,
  wa_message_id   text NOT NULL,
  status          text NOT NULL,
  workspace_id    uuid NOT NULL,
  occurred_at     timestamptz NOT NULL,
  details         jsonb,
  PRIMARY KEY (phone_number_id, wa_message_id, status)
);

CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id uuid NOT NULL,
  contact_id   bigint NOT NULL REFERENCES contacts (id),
  body         text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE audit_logs (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id  uuid NOT NULL,
  action        text NOT NULL,
  resource_type text NOT NULL,
  resource_id   text NOT NULL,
  details       jsonb NOT NULL DEFAULT '{}',
  created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audit_logs_workspace ON audit_logs (workspace_id, created_at DESC);
