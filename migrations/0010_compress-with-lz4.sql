-- What a plan writes is compressed a third faster, and to the same size. PostgreSQL has it from 14 on, where it was built
-- with it; elsewhere everything stays as it is.
DO $$
BEGIN
	EXECUTE 'ALTER TABLE "headgate"."decisions" ALTER COLUMN "checks" SET COMPRESSION lz4, ALTER COLUMN "score" SET COMPRESSION lz4, ALTER COLUMN "reasons" SET COMPRESSION lz4';
	EXECUTE 'ALTER TABLE "headgate"."candidates" ALTER COLUMN "snapshot" SET COMPRESSION lz4';
EXCEPTION WHEN feature_not_supported OR syntax_error THEN
	NULL;
END $$;
