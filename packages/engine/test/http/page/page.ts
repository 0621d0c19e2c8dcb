console.info("bundled" as string);
