/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Documents of any size for the bench: generate FORMAT BYTES [PERMILLE]
 * FORMAT: plan (terraform show -json), hcl, yaml (Kubernetes manifests), xml (Spring beans), env, text (a log), deep
 * (JSON nested 150 levels and more, one chain after the other). PERMILLE: how many of a thousand items hold a finding (20).
 * The same arguments give the same bytes everywhere: the numbers come from one own generator with a fixed seed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 0x9e3779b97f4a7c15u;
static uint64_t permille = 20;
static size_t written, item;

static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % below;
}

static int bad(void)
{
	return draw(1000) < permille;
}

#define SAY(...) (written += (size_t)printf(__VA_ARGS__))
#define ONE_OF(list) ((list)[draw(sizeof (list) / sizeof *(list))])

static const char *const words[] = {
	"dossier", "archive", "imagerie", "laboratoire", "pharmacie", "urgences", "bloc", "radiologie", "sterilisation", "accueil",
	"transcription", "synthese", "codage", "triage", "agenda", "messagerie", "portail", "entrepot", "recherche", "annuaire",
};
static const char *const regions_good[] = {"eu-west-3", "eu-west-1", "eu-central-1"};
static const char *const regions_bad[] = {"us-east-1", "us-west-2", "ap-southeast-1"};

static const char *region(void)
{
	return bad() ? ONE_OF(regions_bad) : ONE_OF(regions_good);
}

static void plan_item(void)
{
	const char *w = ONE_OF(words);

	SAY("%s{\"address\":\"aws_s3_bucket.%s_%zu\",\"mode\":\"managed\",\"type\":\"aws_s3_bucket\",\"name\":\"%s_%zu\","
	    "\"provider_name\":\"registry.terraform.io/hashicorp/aws\",\"schema_version\":0,\"values\":{\"bucket\":\"chu-%s-%zu\","
	    "\"region\":\"%s\",\"acl\":\"%s\",\"force_destroy\":false,\"bucket_prefix\":null,\"tags\":{\"service\":\"%s\",\"owner\":\"dsi-%u\","
	    "\"environment\":\"production\"},\"versioning\":[{\"enabled\":%s,\"mfa_delete\":false}],\"logging\":[],",
	    item ? ",\n" : "", w, item, w, item, w, item, region(), bad() ? "public-read" : "private", w, draw(100), bad() ? "false" : "true");
	SAY("\"server_side_encryption_configuration\":[{\"rule\":[{\"apply_server_side_encryption_by_default\":[{\"kms_master_key_id\":"
	    "\"arn:aws:kms:eu-west-3:123456789012:key/%08x-%04x-4%03x-a%03x-%012x\",\"sse_algorithm\":\"aws:kms\"}],\"bucket_key_enabled\":true}]}],"
	    "\"lifecycle_rule\":[{\"abort_incomplete_multipart_upload_days\":7,\"enabled\":true,\"id\":\"%s-%u\",\"prefix\":\"\",\"expiration\":"
	    "[{\"date\":\"\",\"days\":%u,\"expired_object_delete_marker\":false}],\"tags\":{}}]},\"sensitive_values\":{\"tags\":{},\"versioning\":[{}]}}",
	    draw(1u << 31), draw(65536), draw(4096), draw(4096), draw(1u << 31), w, draw(50), draw(3650));
}

static void hcl_item(void)
{
	const char *w = ONE_OF(words);

	SAY("# %s, lot %u\nresource \"aws_s3_bucket\" \"%s_%zu\" {\n  bucket        = \"chu-%s-%zu\"\n  acl           = \"%s\"\n"
	    "  force_destroy = false\n\n  tags = {\n    service     = \"%s\"\n    environment = var.environment\n    owner       = \"dsi-${local.site}\"\n  }\n\n"
	    "  versioning {\n    enabled = %s\n  }\n\n  lifecycle_rule {\n    id      = \"%s\"\n    enabled = true\n    expiration {\n      days = %u\n    }\n  }\n}\n\n",
	    w, draw(40), w, item, w, item, bad() ? "public-read" : "private", w, bad() ? "false" : "true", w, draw(3650));
	SAY("resource \"aws_db_instance\" \"%s_%zu\" {\n  identifier          = \"%s-%u\"\n  engine              = \"postgres\"\n"
	    "  instance_class      = \"db.r6g.large\"\n  storage_encrypted   = %s\n  publicly_accessible = false\n  kms_key_id          = aws_kms_key.%s.arn\n"
	    "  backup_retention_period = %u\n}\n\n",
	    w, item, w, draw(100), bad() ? "false" : "true", w, draw(35));
}

static void yaml_item(void)
{
	const char *w = ONE_OF(words);

	SAY("---\n# %s\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: %s-%zu\n  namespace: %s\n  labels: {app: %s, tier: backend}\nspec:\n  replicas: %u\n"
	    "  selector:\n    matchLabels:\n      app: %s\n  template:\n    metadata:\n      labels:\n        app: %s\n    spec:\n      containers:\n",
	    w, w, item, w, w, draw(9), w, w);
	SAY("      - name: %s\n        image: registry.chu.example/%s:1.%u.%u\n        ports:\n        - containerPort: 8080\n        env:\n"
	    "        - name: REGION\n          value: %s\n        - name: LOG_LEVEL\n          value: \"info\"\n        - name: DB_HOST\n          value: db-%u.chu.example\n"
	    "        - name: API_URL\n          value: %s\n        resources:\n          limits: {cpu: 500m, memory: 512Mi}\n"
	    "        securityContext:\n          privileged: %s\n          readOnlyRootFilesystem: true\n",
	    w, w, draw(20), draw(20), region(), draw(100), bad() ? "https://api.openai.com/v1" : "https://ia.chu.example/v1", bad() ? "true" : "false");
}

static void xml_item(void)
{
	const char *w = ONE_OF(words);

	SAY("  <!-- %s -->\n  <bean id=\"%s%zu\" class=\"fr.chu.%s.Service\" scope=\"singleton\">\n    <property name=\"region\" value=\"%s\"/>\n"
	    "    <property name=\"url\"><value>jdbc:postgresql://db-%u.chu.example/%s?sslmode=%s</value></property>\n"
	    "    <property name=\"timeout\" value=\"%u\"/>\n    <description>Service &amp; file %u de %s</description>\n  </bean>\n",
	    w, w, item, w, region(), draw(100), w, bad() ? "disable" : "verify-full", draw(600), draw(90), w);
}

static void env_item(void)
{
	const char *w = ONE_OF(words);

	SAY("# %s\n%s_%zu_HOST=db-%u.chu.example\n%s_%zu_REGION=%s\nexport %s_%zu_TIMEOUT=\"%u\"\n%s_%zu_DB_PASSWORD=%s\n",
	    w, w, item, draw(100), w, item, region(), w, item, draw(600), w, item, bad() ? "Tr0ub4dor-3x9" : "${VAULT_PASSWORD}");
}

static void text_item(void)
{
	const char *w = ONE_OF(words);

	SAY("2026-01-%02uT%02u:%02u:%02uZ INFO  [%s-%u] requête %zu servie en %u ms pour le service %s\n", 1 + draw(28), draw(24), draw(60), draw(60),
	    w, draw(20), item, draw(900), ONE_OF(words));
	if (bad())
		SAY("2026-01-02T03:04:05Z WARN  patient 1 84 12 76 451 089 46 : dossier incomplet\n");
}

static void deep_item(void)
{
	SAY("%s", item ? ",\n" : "");
	for (int i = 0; i < 150; i++)
		SAY("{\"n%d\":%s", i % 7, i % 4 ? "" : "[");
	SAY("\"%s\"", region());
	for (int i = 149; i >= 0; i--)
		SAY("%s}", i % 4 ? "" : "]");
}

static const struct kind {
	const char *name, *before, *after;
	void (*item)(void);
} kinds[] = {
	{"plan", "{\"format_version\":\"1.2\",\"terraform_version\":\"1.9.5\",\"planned_values\":{\"root_module\":{\"resources\":[\n", "\n]}}}\n", plan_item},
	{"hcl", "variable \"environment\" {\n  default = \"production\"\n}\n\nlocals {\n  site = \"nord\"\n}\n\nprovider \"aws\" {\n  region = \"eu-west-3\"\n}\n\n", "", hcl_item},
	{"yaml", "", "", yaml_item},
	{"xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<beans>\n", "</beans>\n", xml_item},
	{"env", "", "", env_item},
	{"text", "", "", text_item},
	{"deep", "[\n", "\n]\n", deep_item},
};

int main(int argc, char **argv)
{
	size_t bytes = argc > 2 ? strtoumax(argv[2], NULL, 10) : 0;

	if (argc > 3)
		permille = strtoumax(argv[3], NULL, 10);
	for (size_t i = 0; bytes && i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kinds[i].name, argv[1]))
			continue;
		SAY("%s", kinds[i].before);
		for (; written + strlen(kinds[i].after) < bytes; item++)
			kinds[i].item();
		SAY("%s", kinds[i].after);
		return fflush(stdout) ? 1 : 0;
	}
	fprintf(stderr, "usage: generate plan|hcl|yaml|xml|env|text|deep BYTES [PERMILLE]\n");
	return 2;
}
